package io.segmentdo.delivery;

import io.segmentdo.delivery.DeliveryConfig.RetryConfig;
import java.util.random.RandomGenerator;

/** Exponential delays with full jitter. Confined to its lane. */
final class Backoff {
    private static final int DOUBLINGS_MAX = 30;

    private final long firstMillis;
    private final long maxMillis;
    private final RandomGenerator random;

    Backoff(RetryConfig config, RandomGenerator random) {
        this.firstMillis = config.backoff().toMillis();
        this.maxMillis = config.backoffMax().toMillis();
        this.random = random;
    }

    /** How long to wait after so many failed attempts, in milliseconds; at least 1. */
    long delayMillis(int failedAttempts) {
        int doublings = Math.min(Math.max(failedAttempts - 1, 0), DOUBLINGS_MAX);
        long bound = Math.min(maxMillis, firstMillis << doublings);
        return random.nextLong(1, Math.max(bound, firstMillis) + 1);
    }
}
