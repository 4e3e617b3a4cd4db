package io.segmentdo.delivery;

import io.segmentdo.api.RateLimit;
import io.vertx.circuitbreaker.CircuitBreakerState;
import java.time.Duration;

/**
 * Whether another request of a destination may go: by its breaker, its limits, the pauses that it asked for, and whether
 * it accepts the credentials.
 *
 * <p>Confined to its lane, but for the state of the breaker.
 */
final class Gate {
    private final int maxInFlight;
    private final Pace pace = new Pace();
    private final Access access;
    private int inFlight;

    // set by the event loop, looked at between any two calls of the plugin
    private volatile CircuitBreakerState breaker = CircuitBreakerState.CLOSED;

    Gate(int maxInFlight, Duration probe) {
        this.maxInFlight = maxInFlight;
        this.access = new Access(probe);
    }

    Pace pace() {
        return pace;
    }

    Access access() {
        return access;
    }

    /** The breaker has opened, half opened or closed. Any thread. */
    void breaker(CircuitBreakerState state) {
        breaker = state;
    }

    boolean isBroken() {
        return breaker != CircuitBreakerState.CLOSED;
    }

    int inFlight() {
        return inFlight;
    }

    /** Keeps to a limit of which a share is this node's. */
    void keepTo(RateLimit limit, double share) {
        pace.keepTo(limit, share, System.nanoTime());
    }

    /** A request goes. */
    void sent() {
        inFlight++;
        pace.take(System.nanoTime());
    }

    /** A request has ended. */
    void returned() {
        inFlight--;
    }

    /** The destination took something. */
    void accepted(int generation, long startedNanos) {
        access.accept(generation, startedNanos);
        pace.succeeded();
    }

    /** Whether a request may go now. */
    boolean isOpen(long nowNanos) {
        return hasRoom() && nanosUntilOpen(nowNanos) == 0;
    }

    /** Whether it is only a matter of time; otherwise an answer or the breaker will say. */
    boolean hasRoom() {
        boolean oneByOne = access.isPaused() || breaker == CircuitBreakerState.HALF_OPEN;
        int max = oneByOne ? 1 : Math.min(maxInFlight, pace.concurrency());
        return breaker != CircuitBreakerState.OPEN && inFlight < max;
    }

    /** In how many nanoseconds, as far as that is known, the next request may go. */
    long nanosUntilOpen(long nowNanos) {
        return Math.max(pace.nanosUntilFree(nowNanos), access.nanosUntilProbe(nowNanos));
    }

    /** Whether nothing is to go for longer than the limits alone would take, so that requests that were made get old. */
    boolean isShut(long nowNanos) {
        return breaker == CircuitBreakerState.OPEN || access.isPaused() || pace.nanosUntilPauseEnds(nowNanos) > 0;
    }
}
