package io.segmentdo.spool;

import io.segmentdo.event.Event;
import io.segmentdo.spool.Spool.Acknowledgement;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The requests that wait for the disk, and how many of them share a sync.
 *
 * <p>Who comes alone is written at once. Where many came together before, the writer waits for about as many again, a
 * fraction of a millisecond at most: a sync has its price, also for the processor, whether few share it or many. Safe for
 * concurrent use, except {@link #nextGroup}.
 */
final class Intake {
    private static final int GROUP_REQUESTS_MAX = 4096;
    private static final long GROUP_BYTES_MAX = 1 << 20;
    private static final int WORTH_WAITING_FOR = 4;
    private static final long WAIT_NANOS_MAX = TimeUnit.MICROSECONDS.toNanos(400);
    private static final long WAIT_NANOS = TimeUnit.MICROSECONDS.toNanos(100);

    /** One request that waits for the disk. */
    @SuppressWarnings("ArrayRecordComponent") // never compared: written and forgotten
    record Pending(List<Event> events, byte[] request, Acknowledgement acknowledgement) {}

    private final Queue<Pending> queue = new ConcurrentLinkedQueue<>();
    private final AtomicLong queuedBytes = new AtomicLong();

    // writer only
    private int expected;

    void add(Pending pending) {
        queuedBytes.addAndGet(pending.request().length);
        queue.add(pending);
    }

    boolean isEmpty() {
        return queue.isEmpty();
    }

    /** Bytes of what was added and is not settled yet. */
    long queuedBytes() {
        return queuedBytes.get();
    }

    /** It is known what became of it. */
    void settled(Pending pending) {
        queuedBytes.addAndGet(-pending.request().length);
    }

    /** The next request alone, at once; null when nothing waits. */
    @Nullable
    Pending poll() {
        return queue.poll();
    }

    /** What is to be written next, in the order in which it came; empty when nothing waits. */
    List<Pending> nextGroup() {
        List<Pending> group = new ArrayList<>();
        long bytes = take(group, 0);
        if (group.isEmpty()) {
            return group;
        }
        if (expected >= WORTH_WAITING_FOR) {
            long startNanos = System.nanoTime();
            while (group.size() < expected && System.nanoTime() - startNanos < WAIT_NANOS_MAX) {
                LockSupport.parkNanos(this, WAIT_NANOS);
                bytes = take(group, bytes);
            }
        }
        expected = group.size();
        return group;
    }

    /** Adds what waits now; answers the bytes of the group. */
    private long take(List<Pending> group, long groupBytes) {
        long bytes = groupBytes;
        while (group.size() < GROUP_REQUESTS_MAX && bytes < GROUP_BYTES_MAX) {
            Pending next = queue.poll();
            if (next == null) {
                break;
            }
            bytes += next.request().length;
            group.add(next);
        }
        return bytes;
    }
}
