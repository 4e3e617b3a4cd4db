package io.segmentdo.delivery;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * What others have for a lane: many threads put, one takes and sleeps when there is nothing.
 *
 * <p>Its bound is that of its senders: answers to requests under way, and commands.
 */
final class Inbox {
    private final Queue<Runnable> messages = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean asleep = new AtomicBoolean();
    private final AtomicBoolean woken = new AtomicBoolean();
    private volatile @Nullable Thread reader;

    /** Leaves work for the reader. Any thread. */
    void put(Runnable message) {
        messages.add(message);
        rouse();
    }

    /** Lets the reader look around; many calls before it does count as one. Any thread. */
    void wake() {
        if (!woken.getAndSet(true)) {
            rouse();
        }
    }

    private void rouse() {
        if (asleep.getAndSet(false)) {
            LockSupport.unpark(reader);
        }
    }

    /** The next message, or null. Reader only. */
    @Nullable
    Runnable poll() {
        return messages.poll();
    }

    /** Returns when there is something, or when the time is over. Reader only. */
    void await(long nanos) {
        reader = Thread.currentThread();
        asleep.set(true);
        if (messages.isEmpty() && !woken.get()) {
            LockSupport.parkNanos(this, nanos);
        }
        asleep.set(false);
        woken.set(false);
    }
}
