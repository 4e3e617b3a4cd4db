package io.segmentdo.identity;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the owner of a partition is asked from outside, all within one workspace. Immutable. */
sealed interface Question {
    /** Whose owner is asked. */
    ActorId of();

    /** Who an identifier belongs to. */
    record Who(ActorId of) implements Question {}

    /** These facts of a ledger. */
    record Facts(ActorId of, List<Long> numbers) implements Question {}

    /** The facts of a ledger from a number on, at most so many. */
    record FactsFrom(ActorId of, long first, int max) implements Question {}

    /** Something to be decided by a ledger, once for each id of a request. */
    record Order(
            ActorId of, Kind kind, ActorId id, @Nullable ActorId other, String requestId, long atMillis)
            implements Question {
        /** What is to be done. */
        enum Kind {
            ALIAS,
            UNMERGE,
            DETACH,
            DELETE
        }
    }
}
