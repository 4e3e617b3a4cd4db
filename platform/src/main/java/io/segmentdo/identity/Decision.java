package io.segmentdo.identity;

/**
 * What became of a request to the ledger of a workspace, once it is durable.
 *
 * <p>Immutable.
 *
 * @param verdict the answer
 * @param counts what became of events on the way, as for a batch
 */
public record Decision(Verdict verdict, LaneResult counts) {
    /** The answer of a ledger. */
    public enum Verdict {
        /** It is decided and will be so; the actors concerned follow. */
        DECIDED,
        /** It will be decided when what is being undone for the same person has settled. */
        WAITS,
        /** The rules do not allow it; the fact says why. */
        REFUSED,
        /** There was nothing to do. */
        NOTHING_TO_DO,
        /** A request of this id has been answered before; nothing was done. */
        REPEATED
    }
}
