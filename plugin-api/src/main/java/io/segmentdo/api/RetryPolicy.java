package io.segmentdo.api;

import java.time.Duration;

/**
 * How a destination wants to be tried again.
 *
 * <p>Immutable.
 *
 * @param backoff the bound of the first delay, more than zero; it doubles with each attempt, and each delay is a random
 *     part of its bound
 * @param backoffMax the bound that is not exceeded, at least the first
 * @param giveUpAfter for how long an event is tried again before it becomes a dead letter, more than zero
 */
public record RetryPolicy(Duration backoff, Duration backoffMax, Duration giveUpAfter) {
    public RetryPolicy {
        if (!backoff.isPositive() || backoffMax.compareTo(backoff) < 0 || !giveUpAfter.isPositive()) {
            throw new IllegalArgumentException("retry: after " + backoff + " to " + backoffMax + " for " + giveUpAfter
                    + " (expected: > 0, at least the first, > 0)");
        }
    }
}
