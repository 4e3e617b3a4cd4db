package io.segmentdo.event;

import org.jspecify.annotations.Nullable;

/**
 * Something that was decided about who is who, as it stands in the outbox of the partition that applied it.
 *
 * <p>Immutable.
 *
 * @param partition the identity partition whose outbox holds it
 * @param position its place in that outbox; grows by one with each entry, starting at 1
 * @param kind what was decided
 * @param profileId the profile that it is about; after a merge the one that stays
 * @param otherProfileId the profile that was absorbed or split off, otherwise null
 * @param identifier the identifier that it is about as {@code type:value}, otherwise null
 * @param causeMessageId the event that led to it, null when it was an operator
 * @param rule the name of the rule that decided
 * @param timestampMillis when it was decided, in epoch milliseconds
 */
public record ProfileFact(
        int partition,
        long position,
        Kind kind,
        String profileId,
        @Nullable String otherProfileId,
        @Nullable String identifier,
        @Nullable String causeMessageId,
        String rule,
        long timestampMillis)
        implements OutboxEntry {
    /** What can be decided about a profile. */
    public enum Kind {
        /** Two profiles became one. */
        MERGED,
        /** A profile got one more identifier. */
        MEMBER_ADDED,
        /** An identifier was cut off and is a profile of its own again. */
        UNMERGED,
        /** A profile was erased. */
        DELETED
    }
}
