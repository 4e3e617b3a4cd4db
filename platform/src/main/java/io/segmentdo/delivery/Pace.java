package io.segmentdo.delivery;

import io.segmentdo.api.RateLimit;
import io.segmentdo.api.RetryPolicy.Pauses;
import java.time.Duration;

/**
 * When the next request of a destination may go: within its limits, that of a short time and that of a day, and after the
 * pauses that it asked for.
 *
 * <p>A destination that says it was too much, and not for how long, is left alone twice as long each time, until it takes
 * something again. Times are those of {@link System#nanoTime}; a test turns them by hand. Safe for concurrent use.
 */
final class Pace {
    private static final Duration DAY = Duration.ofDays(1);

    private RateLimit limit = RateLimit.NONE;
    private final Bucket often = new Bucket();
    private final Bucket daily = new Bucket();
    private long pausedUntilNanos;
    private boolean paused;
    private Pauses pauses = Pauses.DEFAULT;
    private long nextPauseNanos = pauses.first().toNanos();

    /**
     * Keeps to another limit from now on.
     *
     * @param share the part of it that is this node's, more than 0 and at most 1
     */
    synchronized void keepTo(RateLimit next, double share, long nowNanos) {
        limit = next;
        often.keepTo(next.requests(), next.per(), share, nowNanos);
        daily.keepTo(next.daily(), DAY, share, nowNanos);
    }

    /** Pauses for other times from now on when it was too much. */
    synchronized void pauseBy(Pauses next) {
        pauses = next;
        nextPauseNanos = next.first().toNanos();
    }

    /** How many requests may be under way at once. */
    synchronized int concurrency() {
        return limit.concurrency();
    }

    /** In how many nanoseconds the next request may go; 0 for now. */
    synchronized long nanosUntilFree(long nowNanos) {
        return Math.max(nanosUntilPauseEnds(nowNanos), nanosUntilToken(nowNanos));
    }

    /** A request goes, now or when these nanoseconds have passed. */
    synchronized long take(long nowNanos) {
        long wait = nanosUntilToken(nowNanos);
        often.take(nowNanos);
        daily.take(nowNanos);
        return wait;
    }

    private long nanosUntilToken(long nowNanos) {
        return Math.max(often.nanosUntilToken(nowNanos), daily.nanosUntilToken(nowNanos));
    }

    /** The destination asked for a pause. */
    synchronized void pause(long nanos, long nowNanos) {
        long until = nowNanos + nanos;
        if (!paused || until - pausedUntilNanos > 0) {
            pausedUntilNanos = until;
            paused = nanos > 0;
        }
    }

    /** The destination said that it was too much, and not for how long. */
    synchronized void slowDown(long nowNanos) {
        if (nanosUntilPauseEnds(nowNanos) == 0) { // those that were under way together count once
            pause(nextPauseNanos, nowNanos);
            nextPauseNanos = Math.min(pauses.longest().toNanos(), nextPauseNanos * 2);
        }
    }

    /** Whatever the destination asked for, it is tried again now. */
    synchronized void resume() {
        paused = false;
        succeeded();
    }

    /** The destination took something. */
    synchronized void succeeded() {
        nextPauseNanos = pauses.first().toNanos();
    }

    /** For how long the destination wants to be left alone; 0 when it does not. */
    synchronized long nanosUntilPauseEnds(long nowNanos) {
        return paused ? Math.max(0, pausedUntilNanos - nowNanos) : 0;
    }
}
