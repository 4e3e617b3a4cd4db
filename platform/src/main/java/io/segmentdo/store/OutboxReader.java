package io.segmentdo.store;

import io.segmentdo.event.OutboxEntry;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Somebody who reads partitions of the outbox in their order as they grow.
 *
 * <p>The memory for the newest entries is for those who follow: an entry leaves it as soon as all of them have read it, and
 * what nobody waits for does not stay at all. So an entry lives for as long as the slowest of them needs, within the bound
 * of that memory, and is garbage while it is young and cheap. Who falls behind, or begins anew, reads from the store.
 *
 * <p>One thread reads; any may close.
 */
public final class OutboxReader implements AutoCloseable {
    private static final long NOTHING = Long.MAX_VALUE;

    private final Outbox outbox;

    /** By partition the first position that was not read. */
    private final AtomicLongArray next;

    OutboxReader(Outbox outbox, int partitions) {
        long[] none = new long[partitions];
        Arrays.fill(none, NOTHING);
        this.outbox = outbox;
        this.next = new AtomicLongArray(none);
    }

    /**
     * Like {@link Outbox#read}. From now on it is waited for here, until it leaves.
     *
     * @param maxBytes where to stop, by encoded size; at least one entry is returned when there is one
     */
    public List<OutboxEntry> read(int partition, long fromPosition, int maxEntries, long maxBytes) {
        List<OutboxEntry> entries = outbox.read(partition, fromPosition, maxEntries, maxBytes);
        next.set(partition, entries.isEmpty() ? fromPosition : entries.getLast().position() + 1);
        outbox.forgetRead(partition);
        return entries;
    }

    /** Stops to follow a partition, because it has another owner. */
    public void leave(int partition) {
        next.set(partition, NOTHING);
    }

    /** Stops to follow. */
    @Override
    public void close() {
        outbox.remove(this);
    }

    /** The first position that it waits for. */
    long next(int partition) {
        return next.get(partition);
    }
}
