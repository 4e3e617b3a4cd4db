package io.segmentdo.warehouse.load;

import io.segmentdo.event.OutboxEntry;
import io.segmentdo.store.Changes;
import io.segmentdo.store.Outbox;
import io.segmentdo.store.OutboxReader;
import io.segmentdo.store.PartitionStore;
import io.segmentdo.store.StaleEpochException;
import io.segmentdo.warehouse.table.Positions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.IntToLongFunction;

/**
 * The outbox as the warehouse reads it: the partitions of this node, each from its cursor on.
 *
 * <p>The cursor in the store says what all tables have; it may lag behind them, since each table knows its own positions,
 * but never runs ahead. Confined to the warehouse's thread, except for {@link #storedCursor}.
 */
final class Streams {
    private static final int ENTRIES_MAX = 512;
    private static final long BYTES_MAX = 1 << 20;

    private static final class Stream {
        private final long epoch;
        private long cursor;
        private long next;

        private Stream(long epoch, long cursor) {
            this.epoch = epoch;
            this.cursor = cursor;
            this.next = cursor;
        }
    }

    private final PartitionStore store;
    private final Outbox outbox;
    private final Backlog backlog;
    private final OutboxReader reader;
    private final SortedMap<Integer, Stream> streams = new TreeMap<>();

    /** Any thread reads; 0 until a cursor is known. */
    private final AtomicLongArray stored;

    private int last = -1;
    private long expired;

    Streams(PartitionStore store, Outbox outbox) {
        this.store = store;
        this.outbox = outbox;
        this.backlog = new Backlog(store, outbox);
        this.reader = outbox.follow();
        this.stored = new AtomicLongArray(store.partitions());
    }

    void open(int partition, long epoch) {
        long cursor = backlog.cursor(partition);
        streams.put(partition, new Stream(epoch, cursor));
        stored.set(partition, cursor);
    }

    void close(int partition) {
        streams.remove(partition);
        reader.leave(partition);
        stored.set(partition, Long.MAX_VALUE);
    }

    /** The first position of a partition that some table does not have. Any thread. */
    long storedCursor(int partition) {
        return stored.get(partition);
    }

    /** What is certainly in the tables, by the cursors in the store. */
    Positions settled() {
        Map<Integer, Long> positions = new HashMap<>();
        streams.forEach((partition, stream) -> positions.put(partition, stream.cursor - 1));
        return new Positions(positions);
    }

    /** Whether something was read that the stored cursors do not cover. */
    boolean hasRead() {
        return streams.values().stream().anyMatch(stream -> stream.next > stream.cursor);
    }

    /** The next entries of one partition, the partitions taking turns; empty when there is nothing to read. */
    List<OutboxEntry> next() {
        for (int partition : order()) {
            Stream stream = streams.get(partition);
            if (stream == null || stream.next > outbox.tail(partition)) {
                continue;
            }
            List<OutboxEntry> entries = reader.read(partition, stream.next, ENTRIES_MAX, BYTES_MAX);
            if (!entries.isEmpty()) {
                expired += entries.getFirst().position() - stream.next;
                stream.next = entries.getLast().position() + 1;
                last = partition;
                return entries;
            }
        }
        return List.of();
    }

    private List<Integer> order() {
        List<Integer> order = new ArrayList<>(streams.tailMap(last + 1).keySet());
        order.addAll(streams.headMap(last + 1).keySet());
        return order;
    }

    /** Entries that had left the outbox before they were read, since the last call. */
    long takeExpired() {
        long count = expired;
        expired = 0;
        return count;
    }

    /** Reads again what the stored cursors do not cover. */
    void rewind() {
        streams.values().forEach(stream -> stream.next = stream.cursor);
    }

    /**
     * Stores that everything read so far is in the tables.
     *
     * @param first for each partition the first position that is not, or something larger
     */
    void settle(IntToLongFunction first) {
        for (Map.Entry<Integer, Stream> entry : List.copyOf(streams.entrySet())) {
            Stream stream = entry.getValue();
            int partition = entry.getKey();
            long settled = Math.min(stream.next, first.applyAsLong(partition));
            if (settled <= stream.cursor) {
                continue;
            }
            Changes changes = new Changes(partition, stream.epoch);
            Backlog.put(changes, settled);
            try {
                store.commitRelaxed(List.of(changes));
                stream.cursor = settled;
                stored.set(partition, stream.cursor);
            } catch (StaleEpochException e) {
                close(partition); // its new owner goes on
            }
        }
    }
}
