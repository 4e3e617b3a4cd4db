package io.segmentdo.api;

import java.time.Duration;

/**
 * What became of one event handed to a destination.
 *
 * <p>Immutable.
 */
public sealed interface Delivery {
    /** The destination has it. */
    static Delivery delivered() {
        return Delivered.INSTANCE;
    }

    /** The same event may succeed later; when is the platform's policy. */
    static Delivery retry(String reason) {
        return new Retry(reason);
    }

    /** The same event may succeed after a delay that the destination named. */
    static Delivery retryAfter(String reason, Duration delay) {
        return new RetryAfter(reason, delay);
    }

    /** The destination does not accept the credentials; the event is kept until they are put right. */
    static Delivery unauthorized(String reason) {
        return new Unauthorized(reason);
    }

    /** The event is none for this destination; nothing was sent and nothing failed. */
    static Delivery skipped() {
        return Skipped.INSTANCE;
    }

    /** No attempt will ever succeed; the event becomes a dead letter. */
    static Delivery rejected(String reason) {
        return new Rejected(reason);
    }

    /** See {@link Delivery#delivered}. */
    record Delivered() implements Delivery {
        private static final Delivered INSTANCE = new Delivered();
    }

    /**
     * See {@link Delivery#retry}.
     *
     * @param reason for people, without secrets
     */
    record Retry(String reason) implements Delivery {}

    /**
     * See {@link Delivery#retryAfter}.
     *
     * @param reason for people, without secrets
     * @param delay zero or more
     */
    record RetryAfter(String reason, Duration delay) implements Delivery {
        public RetryAfter {
            if (delay.isNegative()) {
                throw new IllegalArgumentException("delay: " + delay + " (expected: >= 0)");
            }
        }
    }

    /**
     * See {@link Delivery#unauthorized}.
     *
     * @param reason for people, without secrets
     */
    record Unauthorized(String reason) implements Delivery {}

    /** See {@link Delivery#skipped}. */
    record Skipped() implements Delivery {
        private static final Skipped INSTANCE = new Skipped();
    }

    /**
     * See {@link Delivery#rejected}.
     *
     * @param reason for people, without secrets
     */
    record Rejected(String reason) implements Delivery {}
}
