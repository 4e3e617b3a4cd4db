package io.segmentdo.identity;

import java.util.List;

/** The answer of an owner to a {@link Question}. Immutable. */
sealed interface Reply {
    /** Nobody has been seen under that identifier. */
    record Nobody() implements Reply {}

    /** It belongs to where this identifier lives. */
    record Elsewhere(ActorId next) implements Reply {}

    /** This is who it is. */
    record Found(Profile profile) implements Reply {}

    /** The facts that were asked for. */
    record Facts(List<Fact> facts) implements Reply {}

    /** What became of an order. */
    record Done(Decision.Verdict verdict) implements Reply {}
}
