package io.segmentdo.delivery;

/**
 * The ledger of a destination since the start of the process: <em>taken = delivered + filtered + dead + waiting</em>
 * whenever nothing moves.
 *
 * <p>Immutable.
 *
 * @param taken deliveries it was responsible for: what waited at the start, and everything since, dead letters that were
 *     replayed included; an event that several subscriptions take counts for each
 * @param delivered the destination has them
 * @param filtered no subscription took them, or the event itself asked not to be sent there
 * @param dead given up
 * @param waiting not settled
 * @param retrying those of the waiting that were tried in vain, or wait behind such a one of their profile
 * @param deadLetters dead letters that are kept now
 * @param oldestMillis when the oldest event that is not settled was received, in epoch milliseconds; 0 for none
 */
public record DestinationCounts(
        long taken,
        long delivered,
        long filtered,
        long dead,
        long waiting,
        long retrying,
        long deadLetters,
        long oldestMillis) {
    static final DestinationCounts NONE = new DestinationCounts(0, 0, 0, 0, 0, 0, 0, 0);

    /** What is missing in the ledger; anything but zero while nothing moves is a fault. */
    public long difference() {
        return taken - delivered - filtered - dead - waiting;
    }
}
