package io.segmentdo.profile;

import io.segmentdo.problem.PlatformException;
import io.segmentdo.problem.Problem;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** How many requests each workspace has made in the second that runs. Safe for concurrent use. */
final class SpaceRates {
    private record Second(long number, int requests) {}

    private final int perSecond;
    private final Map<String, Second> seconds = new ConcurrentHashMap<>();

    SpaceRates(int perSecond) {
        this.perSecond = perSecond;
    }

    /** Counts a request of a workspace that there is, or refuses it. */
    void admit(String workspace, long nowMillis) {
        long now = Math.floorDiv(nowMillis, 1000L);
        Second second = seconds.merge(
                workspace,
                new Second(now, 1),
                (known, first) -> known.number == now ? new Second(now, known.requests + 1) : first);
        if (second.requests > perSecond) {
            throw new PlatformException(
                    Problem.OVERLOADED,
                    "More than " + perSecond + " requests in a second (expected: fewer, or more by"
                            + " profile.requests-per-second)");
        }
    }
}
