package io.segmentdo.api;

import java.time.Duration;

/**
 * How events are gathered before a connector gets them. A batch is complete when any of the three is reached; an event
 * that is larger than the bytes allowed goes alone.
 *
 * <p>Immutable.
 *
 * @param events at most so many, 1 or more
 * @param bytes at most so many bytes of payload, 1 or more
 * @param linger how long the first event waits for others at most, zero or more
 */
public record Batching(int events, long bytes, Duration linger) {
    /** Each event goes alone and at once. */
    public static final Batching OFF = new Batching(1, Long.MAX_VALUE, Duration.ZERO);

    public Batching {
        if (events < 1 || bytes < 1 || linger.isNegative()) {
            throw new IllegalArgumentException("batching: " + events + " events, " + bytes + " bytes, " + linger
                    + " (expected: >= 1, >= 1, >= 0)");
        }
    }

    /** Whether more than one event may go together. */
    public boolean gathers() {
        return events > 1;
    }
}
