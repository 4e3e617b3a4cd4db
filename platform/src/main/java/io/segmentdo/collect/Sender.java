package io.segmentdo.collect;

import io.micrometer.core.instrument.Counter;
import io.segmentdo.event.Origin;
import io.segmentdo.source.Source;
import java.util.List;

/**
 * What is kept for a source between its requests.
 *
 * <p>Safe for concurrent use.
 *
 * @param origin what its events say about where they come from
 * @param accepted counts its events
 * @param truncated counts its events that lost properties
 * @param buckets the rates that its events use up; its own before that of its workspace
 */
record Sender(
        Source source, String key, Origin origin, Counter accepted, Counter truncated, List<TokenBucket> buckets) {
    /** Takes events out of the rates and answers 0, or the nanoseconds until it makes sense to try again. */
    long take(int events, long nowNanos) {
        for (int i = 0; i < buckets.size(); i++) {
            long wait = buckets.get(i).take(events, nowNanos);
            if (wait > 0) {
                for (int taken = 0; taken < i; taken++) {
                    buckets.get(taken).giveBack(events);
                }
                return wait;
            }
        }
        return 0;
    }
}
