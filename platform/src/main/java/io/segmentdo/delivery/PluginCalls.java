package io.segmentdo.delivery;

import io.segmentdo.api.SettingsException;
import io.segmentdo.problem.PlatformException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The border between a lane and the code of its plugin, which may throw, block for ever or spin.
 *
 * <p>While a call is under way the lane's thread touches nothing of the lane. So when a call exceeds its time, whoever
 * wins the compare-and-set owns the lane: the returning thread, which goes on, or the watchdog, which gives the lane to a
 * new thread; the old one then ends in {@link Abandoned} whenever it returns. {@link #failAbandoned} settles what the
 * lost call had in hand.
 */
final class PluginCalls {
    private static final Logger LOG = LoggerFactory.getLogger(PluginCalls.class);

    /** Unwinds a thread that has lost its lane. */
    static final class Abandoned extends Error {
        private static final long serialVersionUID = 1;

        Abandoned() {
            super("this thread has lost its lane", null, false, false);
        }
    }

    /** A call under way. */
    private static final class Call {
        private final Thread thread = Thread.currentThread();
        private final long startedNanos = System.nanoTime();
        private final Consumer<String> failed;
        private final AtomicLong pardonedNanos = new AtomicLong();

        Call(Consumer<String> failed) {
            this.failed = failed;
        }
    }

    private final long timeoutNanos;
    private final String overdue;
    private final AtomicReference<@Nullable Call> current = new AtomicReference<>();
    private final AtomicInteger stuck = new AtomicInteger();
    private @Nullable Call abandoned;
    private boolean lastWasOverdue;

    PluginCalls(Duration timeout) {
        this.timeoutNanos = timeout.toNanos();
        this.overdue = "the plugin did not return within " + timeout;
    }

    /**
     * Runs code of the plugin, then one of the two continuations, on the lane's thread or, for a call that was given up,
     * {@code failed} on its successor.
     */
    // The catch-all of plugin calls: whatever a plugin throws, linkage errors included, is an outcome.
    @SuppressWarnings("CatchingUnchecked")
    <T> void call(Callable<T> code, Consumer<T> then, Consumer<String> failed) {
        Call call = new Call(failed);
        current.set(call);
        T result = null;
        Throwable thrown = null;
        try {
            result = code.call();
        } catch (Throwable e) {
            thrown = e;
        }
        if (!current.compareAndSet(call, null)) {
            stuck.decrementAndGet();
            throw new Abandoned();
        }
        if (Thread.interrupted()) { // a plugin's own interrupt must not keep the lane awake
            LOG.atDebug().log("A plugin left its thread interrupted");
        }
        lastWasOverdue = false;
        if (thrown instanceof VirtualMachineError error && !(error instanceof StackOverflowError)) {
            throw error;
        }
        if (thrown != null) {
            failed.accept(describe(thrown));
        } else if (result == null) {
            failed.accept("the plugin returned null");
        } else {
            then.accept(result);
        }
    }

    private static String describe(Throwable thrown) {
        return switch (thrown) {
            case SettingsException e -> String.join("; ", e.problems());
            case PlatformException e -> String.valueOf(e.getMessage());
            default -> "the plugin threw " + thrown;
        };
    }

    /** Whether the failure that is being handled is that of an abandoned call. */
    boolean lastWasOverdue() {
        return lastWasOverdue;
    }

    /** Gives the call that asks so much more time, because the platform is about to hold it up. */
    void pardon(long nanos) {
        Call call = current.get();
        if (call != null && call.thread == Thread.currentThread()) {
            call.pardonedNanos.addAndGet(nanos);
        }
    }

    /** Takes the lane from a thread whose call is overdue, or from one in any call. True when it was taken. Any thread. */
    boolean abandon(boolean evenInTime) {
        Call call = current.get();
        if (call == null
                || (!evenInTime && System.nanoTime() - call.startedNanos < timeoutNanos + call.pardonedNanos.get())) {
            return false;
        }
        stuck.incrementAndGet();
        if (!current.compareAndSet(call, null)) {
            stuck.decrementAndGet();
            return false;
        }
        abandoned = call;
        call.thread.interrupt();
        return true;
    }

    /** Settles what an abandoned call had in hand. Called first by the successor. */
    void failAbandoned() {
        Call call = abandoned;
        abandoned = null;
        if (call != null) {
            lastWasOverdue = true;
            call.failed.accept(overdue);
        }
    }

    /** How many threads were given up and have not returned. Any thread. */
    int stuckThreads() {
        return stuck.get();
    }
}
