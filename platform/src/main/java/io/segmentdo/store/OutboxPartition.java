package io.segmentdo.store;

import io.segmentdo.event.FrameWriter;
import io.segmentdo.event.OutboxEntry;
import io.segmentdo.rocks.Recent;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The outbox of one partition: its ends, and its newest entries in memory.
 *
 * <p>What is added is staged until it is committed, and readers see nothing of it before. Opening it reads both ends from
 * the store, so a commit whose outcome was unknown is seen or forgotten, whichever it was. One owner adds and commits; any
 * thread reads.
 */
final class OutboxPartition {
    private static final int SCAN_ENTRIES = 64;
    private static final byte[] LOWEST = {};
    private static final byte[] HIGHEST = OutboxCodec.key(Long.MAX_VALUE);

    private final PartitionStore store;
    private final int number;
    private final Recent<OutboxEntry> recent;

    // owner only
    private final FrameWriter frame = new FrameWriter(0);
    private long stagedTail;
    private long stagedBytes;

    // written by the owner, or by who cuts; read by any thread
    private volatile long epoch;
    private volatile long tail;
    private volatile long tailBytes;
    private volatile long head;
    private volatile long headBytes;

    OutboxPartition(PartitionStore store, int number, long recentBytes) {
        this.store = store;
        this.number = number;
        this.recent = new Recent<>(recentBytes);
        recover();
    }

    void open(long newEpoch) {
        epoch = newEpoch;
        recover();
    }

    void close() {
        epoch = 0;
        recent.clear();
        headBytes = tailBytes;
    }

    private void recover() {
        recent.clear();
        PartitionStore.Entry last = last();
        List<PartitionStore.Entry> first =
                last == null ? List.of() : store.scan(number, Keyspace.OUTBOX, LOWEST, HIGHEST, 1);
        stagedTail = position(last);
        stagedBytes = last == null ? 0 : OutboxCodec.header(last.value()).bytesBefore() + last.value().length;
        head = first.isEmpty() ? 1 : OutboxCodec.position(first.getFirst().key());
        headBytes = first.isEmpty()
                ? 0
                : OutboxCodec.header(first.getFirst().value()).bytesBefore();
        tailBytes = stagedBytes;
        tail = stagedTail;
    }

    void add(Changes changes, OutboxEntry entry, long nowMillis) {
        long position = entry.position();
        if (position == tail + 1) {
            stagedTail = tail;
            stagedBytes = tailBytes;
            recent.dropFrom(position);
        }
        if (position != stagedTail + 1) {
            throw new IllegalStateException("outbox position " + position + " of partition " + number + " (expected: "
                    + (stagedTail + 1) + " or " + (tail + 1) + ")");
        }
        byte[] value = OutboxCodec.encode(entry, new OutboxCodec.Header(stagedBytes, nowMillis), frame);
        changes.put(Keyspace.OUTBOX, OutboxCodec.key(position), value);
        recent.add(position, entry, value.length);
        stagedTail = position;
        stagedBytes += value.length;
    }

    void committed(long position) {
        if (position == tail) {
            return;
        }
        if (position != stagedTail) {
            throw new IllegalStateException("outbox of partition " + number + " committed up to " + position
                    + " (expected: " + stagedTail + ")");
        }
        tailBytes = stagedBytes;
        tail = position;
    }

    /** Takes out of memory what is committed below a position. */
    void forgetBelow(long position) {
        recent.dropBelow(Math.min(position, tail + 1));
    }

    List<OutboxEntry> read(long fromPosition, int maxEntries, long maxBytes) {
        long end = tail + 1;
        long from = Math.max(fromPosition, head);
        if (from >= end) {
            return List.of();
        }
        List<OutboxEntry> held = recent.read(from, end, maxEntries, maxBytes);
        return held.isEmpty() ? scan(from, end, maxEntries, maxBytes) : held;
    }

    private List<OutboxEntry> scan(long from, long end, int maxEntries, long maxBytes) {
        List<OutboxEntry> entries = new ArrayList<>();
        long bytes = 0;
        long next = from;
        while (entries.size() < maxEntries) {
            List<PartitionStore.Entry> found = store.scan(
                    number,
                    Keyspace.OUTBOX,
                    OutboxCodec.key(next),
                    OutboxCodec.key(end),
                    Math.min(SCAN_ENTRIES, maxEntries - entries.size()));
            for (PartitionStore.Entry one : found) {
                bytes += one.value().length;
                if (bytes > maxBytes && !entries.isEmpty()) {
                    return entries;
                }
                next = OutboxCodec.position(one.key()) + 1;
                entries.add(OutboxCodec.decode(number, next - 1, one.value()));
            }
            if (found.isEmpty() || next >= end) {
                return entries;
            }
        }
        return entries;
    }

    /** Drops everything below a position but the last entry, which carries the numbering over a restart. */
    void cut(long endPosition) {
        long end = Math.min(endPosition, tail);
        if (end <= head || epoch == 0) {
            return;
        }
        OutboxCodec.@Nullable Header kept = header(end);
        if (kept == null) {
            throw new IllegalStateException("no outbox entry at " + end + " of partition " + number);
        }
        Changes changes = new Changes(number, epoch);
        changes.deleteRange(Keyspace.OUTBOX, OutboxCodec.key(head), OutboxCodec.key(end));
        store.commitRelaxed(List.of(changes));
        headBytes = kept.bytesBefore();
        head = end;
        recent.dropBelow(end);
    }

    /** The first position that was added at that time or later, or the tail. */
    long firstAddedAt(long millis) {
        return firstWhere(header -> header.addedAtMillis() >= millis);
    }

    /** The first position from which on there are no more than so many bytes, or the tail. */
    long firstWithinBytes(long bytes) {
        return tailBytes - headBytes <= bytes ? head : firstWhere(header -> tailBytes - header.bytesBefore() <= bytes);
    }

    long head() {
        return head;
    }

    long tail() {
        return tail;
    }

    /** The tail by the store, which is right also when another member owns the partition. */
    long storedTail() {
        return position(last());
    }

    private PartitionStore.@Nullable Entry last() {
        return store.last(number, Keyspace.OUTBOX);
    }

    private static long position(PartitionStore.@Nullable Entry entry) {
        return entry == null ? 0 : OutboxCodec.position(entry.key());
    }

    /** How many bytes are kept. */
    long bytes() {
        return Math.max(0, tailBytes - headBytes);
    }

    /** Entries are ordered by both halves of their headers, so the place is found by halving. */
    private long firstWhere(Predicate<OutboxCodec.Header> isBehind) {
        long low = head;
        long high = tail;
        while (low < high) {
            long middle = low + (high - low) / 2;
            OutboxCodec.@Nullable Header header = header(middle);
            if (header != null && isBehind.test(header)) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    private OutboxCodec.@Nullable Header header(long position) {
        byte[] value = store.read(number, Keyspace.OUTBOX, OutboxCodec.key(position));
        return value == null ? null : OutboxCodec.header(value);
    }
}
