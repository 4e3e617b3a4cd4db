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
 */
public record RateLimit(int requests, Duration per, int concurrency) {
    /** As much as the platform's own limits allow. */
    public static final RateLimit NONE = new RateLimit(Integer.MAX_VALUE, Duration.ofSeconds(1), Integer.MAX_VALUE);

    public RateLimit {
        if (requests < 1 || concurrency < 1 || per.isZero() || per.isNegative()) {
            throw new IllegalArgumentException("rate: " + requests + " requests per " + per + ", " + concurrency
                    + " at once (expected: >= 1, > 0, >= 1)");
        }
    }
}
