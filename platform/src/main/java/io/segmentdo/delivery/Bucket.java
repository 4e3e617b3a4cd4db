package io.segmentdo.delivery;

import java.time.Duration;

/**
 * A token bucket for one limit of requests.
 *
 * <p>It is a tenth of the limit and fills so that no stretch of the limit's time ever has more requests than the limit, which
 * a bucket of the whole limit would double. Times are those of {@link System#nanoTime}. Not safe for concurrent use.
 */
final class Bucket {
    private double tokensMax = Integer.MAX_VALUE;
    private double nanosPerToken;
    private double tokens = tokensMax;
    private long filledNanos;

    /**
     * Keeps to another limit from now on.
     *
     * @param limit of requests in that time; {@link Integer#MAX_VALUE} for none
     * @param share the part of it that is this node's, more than 0 and at most 1
     */
    void keepTo(int limit, Duration per, double share, long nowNanos) {
        double requests = Math.max(1, limit * share);
        double stretch = limit * share < 1 ? 1 / (limit * share) : 1;
        fill(nowNanos);
        tokensMax = Math.max(1, Math.floor(requests / 10));
        nanosPerToken = limit == Integer.MAX_VALUE ? 0 : per.toNanos() * stretch / (requests - tokensMax + 1);
        tokens = Math.min(tokens, tokensMax);
    }

    /** In how many nanoseconds there is a token; 0 for now. */
    long nanosUntilToken(long nowNanos) {
        fill(nowNanos);
        return tokens >= 1 ? 0 : (long) Math.ceil((1 - tokens) * nanosPerToken);
    }

    /** Takes a token now, or from those that will be there. */
    void take(long nowNanos) {
        fill(nowNanos);
        tokens--;
    }

    private void fill(long nowNanos) {
        double filled = nanosPerToken == 0 ? tokensMax : tokens + (nowNanos - filledNanos) / nanosPerToken;
        tokens = Math.min(tokensMax, filled);
        filledNanos = nowNanos;
    }
}
