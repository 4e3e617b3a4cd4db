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
 * @param atMillis when that one was received, in epoch milliseconds
 * @param ledgerFact the number of the fact in the workspace's identity ledger, 0 where none was needed
 * @param otherPartition for a merge the partition in whose outbox the absorbed profile's earlier events are, otherwise -1
 * @param otherPosition for a merge the last position of that outbox at the time, otherwise 0
 */
public record ProfileFact(
        int partition,
        long position,
        Kind kind,
        String workspace,
        String profileId,
        @Nullable String otherId,
        String cause,
        long atMillis,
        long ledgerFact,
        int otherPartition,
        long otherPosition)
        implements OutboxEntry {
    /** What happened. */
    public enum Kind {
        /** The first event of a person who was unknown. */
        CREATED,
        /** {@code otherId} turned out to be the same person. */
        MERGED,
        /** This profile was taken out of {@code otherId} again. */
        UNMERGED,
        /** All that was known was dropped; later events make a new profile. */
        DELETED
    }
}
