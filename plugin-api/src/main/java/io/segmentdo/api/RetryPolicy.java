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
 * @param throttled for how long nothing is sent at all when it was too much
 */
public record RetryPolicy(Duration backoff, Duration backoffMax, Duration giveUpAfter, Pauses throttled) {
    /**
     * For how long a destination is left alone that says it was too much (429), and not for how long.
     *
     * @param first of the pauses, more than zero; each is twice as long as the one before, until something is taken
     * @param longest of them, at least the first and at most an hour
     */
    public record Pauses(Duration first, Duration longest) {
        private static final Duration MOST = Duration.ofHours(1);

        public static final Pauses DEFAULT = new Pauses(Duration.ofSeconds(1), Duration.ofMinutes(1));

        public Pauses {
            if (!first.isPositive() || longest.compareTo(first) < 0 || longest.compareTo(MOST) > 0) {
                throw new IllegalArgumentException("throttled: for " + first + " to " + longest
                        + " (expected: > 0, at least the first and at most " + MOST + ")");
            }
        }
    }

    public RetryPolicy {
        if (!backoff.isPositive() || backoffMax.compareTo(backoff) < 0 || !giveUpAfter.isPositive()) {
            throw new IllegalArgumentException("retry: after " + backoff + " to " + backoffMax + " for " + giveUpAfter
                    + " (expected: > 0, at least the first, > 0)");
        }
    }

    /** With pauses as usual. */
    public RetryPolicy(Duration backoff, Duration backoffMax, Duration giveUpAfter) {
        this(backoff, backoffMax, giveUpAfter, Pauses.DEFAULT);
    }
}
