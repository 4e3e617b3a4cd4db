package io.segmentdo.collect;

import java.util.concurrent.atomic.AtomicLong;

/**
 * A rate with a burst, kept as the one moment up to which it is used up. A request larger than the burst passes when
 * nothing is used up, and those behind it wait longer. Safe for concurrent use.
 */
final class TokenBucket {
    private final long nanosPerEvent;
    private final long burstNanos;
    private final AtomicLong usedUntil = new AtomicLong(Long.MIN_VALUE / 2);

    TokenBucket(int eventsPerSecond, long burstNanos) {
        this.nanosPerEvent = 1_000_000_000L / eventsPerSecond;
        this.burstNanos = burstNanos;
    }

    /** Takes so many events and answers 0, or takes none and answers the nanoseconds until it makes sense to try again. */
    long take(int events, long nowNanos) {
        while (true) {
            long used = usedUntil.get();
            long start = Math.max(used, nowNanos);
            long wait = start - nowNanos - burstNanos;
            if (wait >= 0) {
                return wait + 1;
            }
            if (usedUntil.compareAndSet(used, start + events * nanosPerEvent)) {
                return 0;
            }
        }
    }

    /** Gives back what was taken, because another bucket refused. */
    void giveBack(int events) {
        usedUntil.addAndGet(-events * nanosPerEvent);
    }
}
