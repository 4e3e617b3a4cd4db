package io.segmentdo.collect;

import io.segmentdo.event.EventParser;
import io.vertx.core.Context;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * What belongs to one event loop: a parser, the bodies that are being read, and the way back for acknowledgements.
 *
 * <p>Confined to its event loop, except {@link #hop}.
 */
final class Loop {
    private static final long SWEEP_MILLIS = 250;

    private final Context context;
    private final long bodyTimeoutNanos;
    final EventParser parser;
    // any thread
    private final Queue<Runnable> arrived = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean isDrainScheduled = new AtomicBoolean();
    // event loop only: the bodies that are being read, the oldest first
    private @Nullable Exchange oldest;
    private @Nullable Exchange newest;
    private boolean isSweepScheduled;

    Loop(Context context, long bodyTimeoutNanos, EventParser parser) {
        this.context = context;
        this.bodyTimeoutNanos = bodyTimeoutNanos;
        this.parser = parser;
    }

    /** Runs a step on the event loop; all that arrive together, as after one sync of the log, cost one task. Any thread. */
    void hop(Runnable step) {
        arrived.add(step);
        if (isDrainScheduled.compareAndSet(false, true)) {
            context.runOnContext(ignored -> drain());
        }
    }

    private void drain() {
        isDrainScheduled.set(false);
        Runnable step = arrived.poll();
        while (step != null) {
            step.run();
            step = arrived.poll();
        }
    }

    /** Runs a step later on the event loop; answers the id to cancel it by. */
    long later(long millis, Runnable step) {
        return context.owner().setTimer(millis, ignored -> hop(step));
    }

    void cancel(long timer) {
        context.owner().cancelTimer(timer);
    }

    /** Watches over a body, so that it does not take forever. */
    void watch(Exchange exchange) {
        exchange.older = newest;
        if (newest == null) {
            oldest = exchange;
        } else {
            newest.newer = exchange;
        }
        newest = exchange;
        scheduleSweep();
    }

    /** The body is complete or will never be. */
    void unwatch(Exchange exchange) {
        Exchange older = exchange.older;
        Exchange newer = exchange.newer;
        if (older == null) {
            oldest = newer;
        } else {
            older.newer = newer;
        }
        if (newer == null) {
            newest = older;
        } else {
            newer.older = older;
        }
        exchange.older = null;
        exchange.newer = null;
    }

    private void scheduleSweep() {
        if (!isSweepScheduled) {
            isSweepScheduled = true;
            context.owner().setTimer(SWEEP_MILLIS, ignored -> hop(this::sweep));
        }
    }

    private void sweep() {
        isSweepScheduled = false;
        long now = System.nanoTime();
        Exchange exchange = oldest;
        while (exchange != null && now - exchange.startedNanos > bodyTimeoutNanos) {
            unwatch(exchange);
            exchange.timeOut();
            exchange = oldest;
        }
        if (oldest != null) {
            scheduleSweep();
        }
    }
}
