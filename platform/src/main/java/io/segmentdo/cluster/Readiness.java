package io.segmentdo.cluster;

import java.time.Duration;

/**
 * Whether a node that lacks partitions can still be counted on: it has had all of them once, and has not been refused some
 * for long since then; while the store is away nobody refuses anything. Safe for concurrent use.
 */
final class Readiness {
    private static final Duration REFUSED_LONG = Duration.ofSeconds(15);
    private static final Duration ANSWERED_LATELY = Duration.ofSeconds(2);

    private volatile boolean hasSettled;
    private volatile long refusedSinceNanos;
    private volatile long answeredNanos;

    /** The store has answered; whether everything wanted is owned. */
    void answered(boolean isSettled) {
        answeredNanos = System.nanoTime();
        hasSettled |= isSettled;
        if (isSettled) {
            refusedSinceNanos = System.nanoTime();
        }
    }

    /** The store has not answered. */
    void unanswered() {
        refusedSinceNanos = System.nanoTime();
    }

    boolean isReady() {
        long now = System.nanoTime();
        boolean isRefusedLong = now - refusedSinceNanos >= REFUSED_LONG.toNanos();
        boolean isAnswered = now - answeredNanos < ANSWERED_LATELY.toNanos();
        return hasSettled && !(isRefusedLong && isAnswered);
    }
}
