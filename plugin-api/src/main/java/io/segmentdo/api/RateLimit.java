package io.segmentdo.api;

import java.time.Duration;

/**
 * How much a destination takes.
 *
 * <p>Immutable.
 *
 * @param requests at most so many, 1 or more
 * @param per in this time, more than zero
 * @param concurrency at most so many at the same time, 1 or more
 * @param daily at most so many in any 24 hours, 1 or more
 */
public record RateLimit(int requests, Duration per, int concurrency, int daily) {
    /** As much as the platform's own limits allow. */
    public static final RateLimit NONE = new RateLimit(Integer.MAX_VALUE, Duration.ofSeconds(1), Integer.MAX_VALUE);

    public RateLimit {
        if (requests < 1 || concurrency < 1 || daily < 1 || per.isZero() || per.isNegative()) {
            throw new IllegalArgumentException("rate: " + requests + " requests per " + per + ", " + concurrency
                    + " at once, " + daily + " a day (expected: >= 1, > 0, >= 1, >= 1)");
        }
    }

    /** Without a limit for a day. */
    public RateLimit(int requests, Duration per, int concurrency) {
        this(requests, per, concurrency, Integer.MAX_VALUE);
    }

    /** The same with a limit for any 24 hours. */
    public RateLimit daily(int requestsMax) {
        return new RateLimit(requests, per, concurrency, requestsMax);
    }
}
