package io.segmentdo.event;

import org.jspecify.annotations.Nullable;

/**
 * Something that happened to a profile as a whole, so that destinations and the warehouse can follow.
 *
 * <p>Immutable.
 *
 * @param partition the identity partition whose outbox holds it
 * @param position its place in that outbox
 * @param kind what happened
 * @param workspace the workspace of the profile
 * @param profileId the profile it happened to; for a merge the one that goes on
 * @param otherId the profile that was absorbed, or the one from which this profile was taken out again; null otherwise
 * @param cause the message id of the event or request that led to it
 * @param rule by which rule: {@code seen} (together in an event), {@code alias}, {@code unmerge} or {@code delete}
 * @param atMillis when that one was received, in epoch milliseconds
 * @param ledgerFact the number of the fact in the workspace's identity ledger, 0 where none was needed
 * @param otherPartition for a merge or an unmerge the partition in whose outbox earlier events of the same people are,
 *     otherwise -1
 * @param otherPosition the last position of that outbox at the time, otherwise 0
 * @param snapshot for an unmerge the profile as it is from then on, otherwise null: {@code userId}, {@code anonymousId},
 *     {@code firstSeen} and {@code lastSeen} in epoch milliseconds, and {@code traits} with per name {@code value}, {@code
 *     at} and what decides between two of the same time, {@code tie}
 */
public record ProfileFact(
        int partition,
        long position,
        Kind kind,
        String workspace,
        String profileId,
        @Nullable String otherId,
        String cause,
        String rule,
        long atMillis,
        long ledgerFact,
        int otherPartition,
        long otherPosition,
        @Nullable Utf8Json snapshot)
        implements OutboxEntry {
    /** What happened. */
    public enum Kind {
        /** The first event of a person who was unknown. */
        CREATED,
        /** {@code otherId} turned out to be the same person. */
        MERGED,
        /** This profile was taken out of {@code otherId} again. */
        UNMERGED,
        /** A part was taken out of this profile; traits are those that are left. */
        RECOMPUTED,
        /** All that was known was dropped; later events make a new profile. */
        DELETED
    }
}
