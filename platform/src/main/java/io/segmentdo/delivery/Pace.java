package io.segmentdo.delivery;

import io.segmentdo.api.RateLimit;
import java.util.concurrent.TimeUnit;

/**
 * When the next request of a destination may go: a token bucket within the destination's rate limit, and pauses that the
 * destination asked for.
 *
 * <p>The bucket is a tenth of the limit and fills so that no stretch of {@link RateLimit#per} ever has more than {@link
 * RateLimit#requests}, which a bucket of the whole limit would double. A destination that says it was too much, and not for
 * how long, is left alone twice as long each time, until it takes something again. Times are those of {@link
 * System#nanoTime}; a test turns them by hand. Safe for concurrent use.
 */
final class Pace {
    private static final long PAUSE_FIRST_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long PAUSE_MAX_NANOS = TimeUnit.MINUTES.toNanos(1);

    private RateLimit limit = RateLimit.NONE;
    private double tokensMax = Integer.MAX_VALUE;
    private double nanosPerToken;
    private double tokens = tokensMax;
    private long filledNanos;
    private long pausedUntilNanos;
    private boolean paused;
    private long nextPauseNanos = PAUSE_FIRST_NANOS;

    /**
     * Keeps to another limit from now on.
     *
     * @param share the part of it that is this node's, more than 0 and at most 1
     */
    synchronized void keepTo(RateLimit next, double share, long nowNanos) {
        double requests = Math.max(1, next.requests() * share);
        double stretch = next.requests() * share < 1 ? 1 / (next.requests() * share) : 1;
        fill(nowNanos);
        limit = next;
        tokensMax = Math.max(1, Math.floor(requests / 10));
        nanosPerToken =
                next.requests() == Integer.MAX_VALUE ? 0 : next.per().toNanos() * stretch / (requests - tokensMax + 1);
        tokens = Math.min(tokens, tokensMax);
    }

    /** How many requests may be under way at once. */
    synchronized int concurrency() {
        return limit.concurrency();
    }

    /** In how many nanoseconds the next request may go; 0 for now. */
    synchronized long nanosUntilFree(long nowNanos) {
        fill(nowNanos);
        return Math.max(nanosUntilPauseEnds(nowNanos), nanosUntilToken());
    }

    /** A request goes, now or when these nanoseconds have passed. */
    synchronized long take(long nowNanos) {
        fill(nowNanos);
        long wait = nanosUntilToken();
        tokens--;
        return wait;
    }

    private long nanosUntilToken() {
        return tokens >= 1 ? 0 : (long) Math.ceil((1 - tokens) * nanosPerToken);
    }

    private void fill(long nowNanos) {
        double filled = nanosPerToken == 0 ? tokensMax : tokens + (nowNanos - filledNanos) / nanosPerToken;
        tokens = Math.min(tokensMax, filled);
        filledNanos = nowNanos;
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
            nextPauseNanos = Math.min(PAUSE_MAX_NANOS, nextPauseNanos * 2);
        }
    }

    /** Whatever the destination asked for, it is tried again now. */
    synchronized void resume() {
        paused = false;
        succeeded();
    }

    /** The destination took something. */
    synchronized void succeeded() {
        nextPauseNanos = PAUSE_FIRST_NANOS;
    }

    /** For how long the destination wants to be left alone; 0 when it does not. */
    synchronized long nanosUntilPauseEnds(long nowNanos) {
        return paused ? Math.max(0, pausedUntilNanos - nowNanos) : 0;
    }
}
