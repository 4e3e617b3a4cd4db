package io.segmentdo.warehouse.replay;

import io.segmentdo.event.Event;
import java.util.List;

/** The destinations that events can be replayed to. Safe for concurrent use; calls may block. */
public interface ReplayTarget {
    /** An event with the profile that it belongs to now. */
    record Past(String profileId, Event event) {}

    /** Whether there is a destination {@code <workspace>/<id>}. */
    boolean knows(String destination);

    /**
     * Takes events over durably. The same ones may come again after a crash, under the same numbers.
     *
     * @param replay the number of the replay
     * @param first the number of the first of these events within it
     * @return how many events of replays the destination has not settled yet
     */
    long hand(String destination, long replay, long first, List<Past> events);

    /** How many events of replays the destination has not settled yet. */
    long waiting(String destination);
}
