package io.segmentdo.delivery;

import io.segmentdo.problem.PlatformException;
import io.segmentdo.problem.Problem;
import java.util.List;

/**
 * Events of the past for one destination: they pass its subscriptions and mappings as they are now, are stored with its
 * retries, and go the way of these: with the same attempts, order and dead letters as new events.
 *
 * <p>All calls block and none may be made on an event loop. Safe for concurrent use.
 */
public final class Replays {
    /** How many events a replay can have. */
    public static final long EVENTS_MAX = 1L << 36;

    /** How many replays there can be. */
    public static final long NUMBER_MAX = 1L << 21;

    private final Lanes lanes;

    Replays(Lanes lanes) {
        this.lanes = lanes;
    }

    /** Whether there is such a destination. */
    public boolean knows(String destination) {
        return lanes.find(destination) != null;
    }

    /**
     * Hands events over; when this returns they are durable. The same events under the same numbers again replace
     * themselves, unless they were delivered in between.
     *
     * @param destination {@code <workspace>/<id>}
     * @param replay its number
     * @param first the number of the first of these events within the replay
     * @return how many deliveries of replays are not settled
     */
    public long hand(String destination, long replay, long first, List<PastEvent> events) {
        if (replay < 0 || replay >= NUMBER_MAX || first < 0 || first + events.size() > EVENTS_MAX) {
            throw new PlatformException(Problem.INVALID_REQUEST, "event " + first + " of replay " + replay);
        }
        long position = DeliveryKey.REPLAYED + replay * EVENTS_MAX + first;
        return Lanes.answer(lanes.require(destination).take(position, events));
    }

    /** How many deliveries of replays are not settled. */
    public long waiting(String destination) {
        return Lanes.answer(lanes.require(destination).replaying());
    }
}
