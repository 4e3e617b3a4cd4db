package io.segmentdo.identity;

import static io.segmentdo.config.Checks.check;

import io.segmentdo.config.ByteSize;
import io.segmentdo.config.Doc;

/**
 * The bounds of identity resolution, the same for all workspaces; who is linked to whom is {@link IdentityRules}.
 *
 * <p>Immutable.
 */
public record IdentityConfig(
        @Doc("Threads that share the identity partitions, up to 64; 0 for one per two processors.")
        int lanes,

        @Doc("For at least so many days a repeated messageId is dropped, 1 to 90; whole days, twice as long at most.")
        int dedupeDays,

        @Doc("How many events a partition holds while the ledger decides about their user, >= 1;"
                + " beyond it the partition takes no more batches and the spool grows.")
        int heldEventsMax,

        @Doc("How many bytes of messages a partition keeps for others that have not taken them yet, > 0;"
                + " beyond it the partition takes no more batches and the spool grows.")
        ByteSize unacknowledgedBytesMax,

        @Doc("How many identifiers the memory of a lane keeps, >= 1000.")
        int cachedActors,

        @Doc("How many traits one identifier keeps, >= 1; new ones beyond it are dropped and counted.")
        int traitsMax,

        @Doc("How many refused links a profile remembers, >= 1; a forgotten one is asked again.")
        int refusedMax,

        @Doc("How many members of a group are kept, >= 1.") int groupMembersMax,

        @Doc("How many messages between partitions one commit takes in, >= 1.")
        int messagesPerCommit) {
    public static final IdentityConfig DEFAULT =
            new IdentityConfig(0, 7, 10_000, ByteSize.mebibytes(4), 100_000, 300, 100, 10_000, 4096);

    public IdentityConfig {
        check(lanes >= 0 && lanes <= 64, "lanes", lanes, "0 to 64");
        check(dedupeDays >= 1 && dedupeDays <= 90, "dedupe-days", dedupeDays, "1 to 90");
        check(heldEventsMax >= 1, "held-events-max", heldEventsMax, ">= 1");
        check(unacknowledgedBytesMax.bytes() > 0, "unacknowledged-bytes-max", unacknowledgedBytesMax, "> 0");
        check(cachedActors >= 1000, "cached-actors", cachedActors, ">= 1000");
        check(traitsMax >= 1, "traits-max", traitsMax, ">= 1");
        check(refusedMax >= 1, "refused-max", refusedMax, ">= 1");
        check(groupMembersMax >= 1, "group-members-max", groupMembersMax, ">= 1");
        check(messagesPerCommit >= 1, "messages-per-commit", messagesPerCommit, ">= 1");
    }

    /** The same with another bound of messages that others have not taken. */
    IdentityConfig keeping(ByteSize unacknowledgedMax) {
        return new IdentityConfig(
                lanes,
                dedupeDays,
                heldEventsMax,
                unacknowledgedMax,
                cachedActors,
                traitsMax,
                refusedMax,
                groupMembersMax,
                messagesPerCommit);
    }

    /** How many lanes there are. */
    public int effectiveLanes() {
        return lanes == 0 ? Math.max(1, Runtime.getRuntime().availableProcessors() / 2) : lanes;
    }
}
