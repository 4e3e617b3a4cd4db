package io.segmentdo.identity;

import java.util.Map;

/**
 * What became of events in one commit, counted by source, so that accepted = discarded + identified + waiting stays exact.
 *
 * <p>Immutable.
 *
 * @param bySource the counts of each source that had any
 * @param joinedLinks how many pairs of identifiers ledgers joined
 * @param refusedLinks how many they refused
 * @param droppedTraits how many traits found no room
 */
public record LaneResult(Map<String, Counts> bySource, long joinedLinks, long refusedLinks, long droppedTraits) {
    /**
     * The counts of one source.
     *
     * @param duplicates dropped because their message id was seen before
     * @param identified put into an outbox, of this batch or of those that had waited
     * @param deadLettered given up because they could not be understood; kept with the reason
     * @param waiting how many more events wait than before: held for their user or on the way to another partition; negative
     *     when some of those arrived
     */
    public record Counts(long duplicates, long identified, long deadLettered, long waiting) {
        Counts plus(Counts other) {
            return new Counts(
                    duplicates + other.duplicates,
                    identified + other.identified,
                    deadLettered + other.deadLettered,
                    waiting + other.waiting);
        }
    }

    static final LaneResult NOTHING = new LaneResult(Map.of(), 0, 0, 0);

    public LaneResult {
        bySource = Map.copyOf(bySource);
    }
}
