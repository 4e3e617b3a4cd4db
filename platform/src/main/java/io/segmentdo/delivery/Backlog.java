package io.segmentdo.delivery;

import io.segmentdo.event.IdentifiedEvent;
import io.segmentdo.event.OutboxEntry;
import io.segmentdo.event.ProfileFact;
import io.segmentdo.problem.PlatformException;
import io.segmentdo.store.Keyspace;
import io.segmentdo.store.Outbox;
import io.segmentdo.store.OutboxReader;
import io.segmentdo.store.PartitionStore;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;

/**
 * What a destination has not got yet: its cursors, and the outbox behind them, partition by partition in turn.
 *
 * <p>A cursor is the first position that is not settled. Entries are read once and in order; they may be settled in any
 * order. Confined to its lane.
 */
final class Backlog {
    /** The place of one entry that was read. */
    static final class Slot {
        private final Stream stream;
        private final long position;
        private final long receivedAtMillis;
        private int open = 1;

        private Slot(Stream stream, OutboxEntry entry) {
            this.stream = stream;
            this.position = entry.position();
            this.receivedAtMillis = Backlog.receivedAtMillis(entry);
        }
    }

    /** One entry with its place; who takes it settles it as often as it said to {@link #expect}. */
    record Taken(OutboxEntry entry, Slot slot) {}

    private static final class Stream {
        private final int partition;
        private final long epoch;
        private final Deque<Slot> slots = new ArrayDeque<>();
        private final long first;
        private long next;
        private long cursor;
        /** An entry that was looked at without being read: its position, and when it was received. */
        private long peeked;

        private long peekedMillis;

        /** When a merge was found to wait for another member; 0 when none does. */
        private long heldUpSinceNanos;

        private Stream(int partition, long epoch, long cursor) {
            this.partition = partition;
            this.epoch = epoch;
            this.first = cursor;
            this.cursor = cursor;
            this.next = cursor;
        }
    }

    static final long HELD_UP_PAUSE_NANOS = 100_000_000;

    private static final int ENTRIES_MAX = 256;
    private static final long BYTES_MAX = 1 << 20;

    private final PartitionStore store;
    private final Outbox outbox;
    private final OutboxReader reader;
    private final AtomicLongArray tails;
    private final Journal journal;
    private final byte[] cursorKey;

    /** Any thread reads: the cursors in the store, by partition; 0 until they are known. */
    private final AtomicLongArray stored;

    private final SortedMap<Integer, Stream> streams = new TreeMap<>();
    private final Set<Stream> moved = new HashSet<>();
    private int lastPartition = -1;
    private long expired;
    private long takenBefore;

    Backlog(PartitionStore store, Outbox outbox, AtomicLongArray tails, Journal journal, String destination) {
        this.store = store;
        this.outbox = outbox;
        this.reader = outbox.follow();
        this.tails = tails;
        this.journal = journal;
        this.cursorKey = cursorKey(destination);
        this.stored = new AtomicLongArray(tails.length());
    }

    static byte[] cursorKey(String destination) {
        return destination.getBytes(StandardCharsets.UTF_8);
    }

    static byte[] cursorValue(long position) {
        return ByteBuffer.allocate(Long.BYTES).putLong(position).array();
    }

    /** Goes on where the stored cursor of a partition stands. */
    void open(int partition, long epoch) {
        byte[] value = store.read(partition, Keyspace.CURSOR, cursorKey);
        long cursor = value == null ? 1 : ByteBuffer.wrap(value).getLong();
        streams.put(partition, new Stream(partition, epoch, cursor));
        this.stored.set(partition, cursor);
    }

    /** Forgets a partition that has another owner now. */
    void close(int partition) {
        Stream stream = streams.remove(partition);
        if (stream != null) {
            reader.leave(partition);
            takenBefore += stream.next - stream.first;
            stored.set(partition, 0);
        }
    }

    /** Reads no more. */
    void close() {
        reader.close();
    }

    /** The partitions that are ours, in their order. */
    List<Integer> owned() {
        return List.copyOf(streams.keySet());
    }

    boolean owns(int partition) {
        return streams.containsKey(partition);
    }

    /** The epoch of a partition, for what is stored along with its cursor; 0 when it is not ours. */
    long epoch(int partition) {
        Stream stream = streams.get(partition);
        return stream == null ? 0 : stream.epoch;
    }

    /** How many entries were not read yet. */
    long unread() {
        long unread = 0;
        for (Stream stream : streams.values()) {
            unread += Math.max(0, tails.get(stream.partition) - stream.next + 1);
        }
        return unread;
    }

    /** How many entries there were behind the cursors when the partitions were opened, and since. */
    long taken() {
        long taken = takenBefore;
        for (Stream stream : streams.values()) {
            taken += Math.max(stream.next - 1, tails.get(stream.partition)) - stream.first + 1;
        }
        return taken;
    }

    /**
     * When the oldest entry was received that is not settled, in epoch milliseconds; 0 for none. Those that nobody has read
     * count too, as behind a plugin that is missing.
     */
    long oldestMillis() {
        long oldest = Long.MAX_VALUE;
        for (Stream stream : streams.values()) {
            Slot slot = stream.slots.peek();
            if (slot != null) {
                oldest = Math.min(oldest, slot.receivedAtMillis);
            }
        }
        if (oldest == Long.MAX_VALUE) {
            for (Stream stream : streams.values()) {
                oldest = Math.min(oldest, firstUnreadMillis(stream));
            }
        }
        return oldest == Long.MAX_VALUE ? 0 : oldest;
    }

    private long firstUnreadMillis(Stream stream) {
        if (stream.next > tails.get(stream.partition)) {
            return Long.MAX_VALUE;
        }
        if (stream.peeked != stream.next) {
            try {
                for (OutboxEntry entry : outbox.read(stream.partition, stream.next, 1, BYTES_MAX)) {
                    stream.peeked = stream.next;
                    stream.peekedMillis = receivedAtMillis(entry);
                }
            } catch (PlatformException unknown) {
                return Long.MAX_VALUE; // whoever reads it in earnest meets the same failure and reports it
            }
        }
        return stream.peeked == stream.next ? stream.peekedMillis : Long.MAX_VALUE;
    }

    private static long receivedAtMillis(OutboxEntry entry) {
        return switch (entry) {
            case IdentifiedEvent identified -> identified.event().receivedAtMillis();
            case ProfileFact fact -> fact.atMillis();
        };
    }

    /** Whether a cursor has moved since the last {@link #journalCursors}. */
    boolean hasMoved() {
        return !moved.isEmpty();
    }

    /** Entries that had left the outbox before they were read, since the last call. */
    long takeExpired() {
        long count = expired;
        expired = 0;
        return count;
    }

    /**
     * The next entries of one partition; the partitions take turns. Empty when there is nothing that may be read.
     *
     * @param max at most so many
     * @param followsMerges whether a merge is not passed before the absorbed profile's earlier events are settled
     */
    List<Taken> next(int max, boolean followsMerges) {
        for (Stream stream : streams.tailMap(lastPartition + 1).values()) {
            List<Taken> taken = read(stream, max, followsMerges);
            if (!taken.isEmpty()) {
                return taken;
            }
        }
        for (Stream stream : streams.headMap(lastPartition + 1).values()) {
            List<Taken> taken = read(stream, max, followsMerges);
            if (!taken.isEmpty()) {
                return taken;
            }
        }
        return List.of();
    }

    private List<Taken> read(Stream stream, int max, boolean followsMerges) {
        boolean isHeldUp =
                stream.heldUpSinceNanos != 0 && System.nanoTime() - stream.heldUpSinceNanos < HELD_UP_PAUSE_NANOS;
        if (isHeldUp || stream.next > tails.get(stream.partition)) {
            return List.of();
        }
        List<OutboxEntry> entries = reader.read(stream.partition, stream.next, Math.min(max, ENTRIES_MAX), BYTES_MAX);
        if (!entries.isEmpty()) {
            skipTo(stream, entries.getFirst().position());
        }
        List<Taken> taken = entries.stream()
                .takeWhile(entry -> !followsMerges || mayPass(entry))
                .map(entry -> new Taken(entry, new Slot(stream, entry)))
                .toList();
        stream.heldUpSinceNanos =
                taken.size() < entries.size() && waitsForOthers(entries.get(taken.size())) ? System.nanoTime() | 1 : 0;
        for (Taken one : taken) {
            stream.slots.add(one.slot);
            stream.next = one.slot.position + 1;
        }
        if (!taken.isEmpty()) {
            lastPartition = stream.partition;
        }
        return taken;
    }

    /** What is not there any more was cut off by the outbox's retention. */
    private void skipTo(Stream stream, long position) {
        if (position > stream.next) {
            expired += position - stream.next;
            stream.next = position;
            if (stream.slots.isEmpty()) {
                stream.cursor = position;
            }
        }
    }

    private boolean waitsForOthers(OutboxEntry entry) {
        return entry instanceof ProfileFact fact && !streams.containsKey(fact.otherPartition());
    }

    private boolean mayPass(OutboxEntry entry) {
        if (entry instanceof ProfileFact fact
                && fact.otherPartition() >= 0
                && fact.otherPartition() != entry.partition()) {
            @Nullable Stream other = streams.get(fact.otherPartition());
            return (other == null ? cursorElsewhere(fact.otherPartition()) : other.cursor) > fact.otherPosition();
        }
        return true;
    }

    /** How far another member has come with a partition of its own; without a cursor it has no such destination. */
    private long cursorElsewhere(int partition) {
        byte[] value = store.read(partition, Keyspace.CURSOR, cursorKey);
        return value == null ? Long.MAX_VALUE : ByteBuffer.wrap(value).getLong();
    }

    /** Whether a merge waits for what another member delivers, which does not tell. */
    boolean waitsForOthers() {
        return streams.values().stream().anyMatch(stream -> stream.heldUpSinceNanos != 0);
    }

    /** Says how many deliveries an entry has become; more than the one that is expected anyway. */
    void expect(Slot slot, int deliveries) {
        slot.open = deliveries;
    }

    /** Settles one delivery of an entry; the cursor passes it when all are, and all before it. */
    void settle(Slot slot) {
        slot.open--;
        Stream stream = slot.stream;
        for (Slot first = stream.slots.peek(); first != null && first.open == 0; first = stream.slots.peek()) {
            stream.slots.remove();
            stream.cursor = first.position + 1;
            moved.add(stream);
        }
    }

    /** Writes the cursors that have moved into the journal. */
    void journalCursors() {
        for (Stream stream : moved) {
            if (streams.get(stream.partition) == stream) {
                journal.put(stream.partition, stream.epoch, Keyspace.CURSOR, cursorKey, cursorValue(stream.cursor));
            }
        }
    }

    /** What was journalled is stored. */
    void cursorsStored() {
        for (Stream stream : moved) {
            if (streams.get(stream.partition) == stream) {
                stored.set(stream.partition, stream.cursor);
            }
        }
        moved.clear();
    }

    /** The cursor of a partition in the store. Any thread. */
    long storedCursor(int partition) {
        return stored.get(partition);
    }
}
