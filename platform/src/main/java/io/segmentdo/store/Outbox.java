package io.segmentdo.store;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.segmentdo.event.OutboxEntry;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The logs of identified events and facts, one per partition: written once by the partition's owner, read by every
 * destination and the warehouse at their own pace.
 *
 * <p>The owner opens a partition, adds entries to its changes at the positions that follow the tail, commits, and says so;
 * then readers see them. Entries are kept for the retention and as long as a consumer needs them, but never more bytes than
 * allowed; a consumer that is overtaken by that is reported, and finds that its next entry has a later position. Owners
 * and readers may be on any thread, but each partition has one owner at a time.
 */
public final class Outbox {
    private static final Logger log = LoggerFactory.getLogger(Outbox.class);

    /** Told that there is more to read; on the committer's thread, must not block. */
    @FunctionalInterface
    public interface TailListener {
        void advanced(int partition, long tail);
    }

    /** How far the consumers that are alive have come. */
    @FunctionalInterface
    public interface Cursors {
        /** The lowest position of a partition that some consumer still needs; {@link Long#MAX_VALUE} when none does. */
        long lowest(int partition);
    }

    private final OutboxConfig config;
    private final InstantSource clock;
    private final List<OutboxPartition> partitions = new ArrayList<>();
    private final List<TailListener> listeners = new CopyOnWriteArrayList<>();
    private final List<OutboxReader> readers = new CopyOnWriteArrayList<>();
    private final Counter overtaken;

    /** Reads where the partitions begin and end. */
    public Outbox(PartitionStore store, OutboxConfig config, MeterRegistry meters, InstantSource clock) {
        this.config = config;
        this.clock = clock;
        long recentBytes = config.recentBytes().bytes() / store.partitions();
        for (int number = 0; number < store.partitions(); number++) {
            partitions.add(new OutboxPartition(store, number, recentBytes));
        }
        this.overtaken = Counter.builder("segmentdo.outbox.overtaken")
                .description("Entries that were cut off before every consumer had them")
                .register(meters);
        Gauge.builder("segmentdo.outbox.bytes", this, Outbox::bytes)
                .description("Bytes of identified events kept")
                .baseUnit("bytes")
                .register(meters);
        Gauge.builder(
                        "segmentdo.outbox.limit",
                        config,
                        limits -> limits.maxBytes().bytes())
                .description("Bytes of identified events that may be kept")
                .baseUnit("bytes")
                .register(meters);
    }

    /**
     * Takes a partition over for a new owner, right after the store was opened for it: what was added and not committed is
     * forgotten, what was committed is seen.
     *
     * @return the tail
     */
    public long open(int partition, long epoch) {
        partitions.get(partition).open(epoch);
        long tail = tail(partition);
        wake(partition, tail);
        return tail;
    }

    /** Leaves a partition to its new owner: it is not cut back here any more, and its memory is given back. */
    public void close(int partition) {
        partitions.get(partition).close();
    }

    /** The last committed position, 0 when there is none. */
    public long tail(int partition) {
        return partitions.get(partition).tail();
    }

    /** The last committed position by the store, also of a partition that another member owns; 0 when there is none. */
    public long storedTail(int partition) {
        return partitions.get(partition).storedTail();
    }

    /** The oldest position that is kept, 1 when there is none. */
    public long head(int partition) {
        return partitions.get(partition).head();
    }

    /** Adds an entry to the owner's next commit; positions follow the tail without gaps. */
    public void add(Changes changes, OutboxEntry entry) {
        partitions.get(entry.partition()).add(changes, entry, clock.millis());
    }

    /** Shows what was added up to a position to readers, because it is durable, and wakes them. */
    public void committed(int partition, long tail) {
        partitions.get(partition).committed(tail);
        forgetRead(partition);
        wake(partition, tail);
    }

    /**
     * Committed entries in their order; when the first of them are not kept any more, from the head on.
     *
     * @param maxBytes where to stop, by encoded size; at least one entry is returned when there is one
     */
    public List<OutboxEntry> read(int partition, long fromPosition, int maxEntries, long maxBytes) {
        return partitions.get(partition).read(fromPosition, maxEntries, maxBytes);
    }

    /** Begins to follow, until it is closed. */
    public OutboxReader follow() {
        OutboxReader reader = new OutboxReader(this, partitions.size());
        readers.add(reader);
        return reader;
    }

    void remove(OutboxReader reader) {
        readers.remove(reader);
    }

    /** Takes out of memory what everybody has read who follows a partition. */
    void forgetRead(int partition) {
        long next = Long.MAX_VALUE;
        for (OutboxReader reader : readers) {
            next = Math.min(next, reader.next(partition));
        }
        partitions.get(partition).forgetBelow(next);
    }

    /** Calls back after each commit, until it is closed. */
    public AutoCloseable subscribe(TailListener listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    /** Drops everything below a position of a partition that is open, except the last entry. */
    public void cut(int partition, long endPosition) {
        partitions.get(partition).cut(endPosition);
    }

    /** Cuts every open partition back to what has to be kept; to be called now and then, by one thread. */
    public void retain(Cursors cursors) {
        long keptSinceMillis = clock.millis() - config.retention().toMillis();
        long partitionBytes = config.maxBytes().bytes() / partitions.size();
        for (int number = 0; number < partitions.size(); number++) {
            OutboxPartition partition = partitions.get(number);
            if (partition.bytes() == 0) {
                continue;
            }
            long needed = cursors.lowest(number);
            long byTime = Math.min(needed, partition.firstAddedAt(keptSinceMillis));
            long byBytes = partition.firstWithinBytes(partitionBytes);
            if (byBytes > Math.max(needed, partition.head())) {
                report(number, Math.max(needed, partition.head()), byBytes);
            }
            try {
                partition.cut(Math.max(byTime, byBytes));
            } catch (StaleEpochException e) {
                log.atDebug().addKeyValue("partition", number).log("Outbox is cut by its new owner");
            }
        }
    }

    /** How many bytes are kept in all partitions. */
    public long bytes() {
        return partitions.stream().mapToLong(OutboxPartition::bytes).sum();
    }

    private void report(int partition, long needed, long end) {
        overtaken.increment((double) (end - needed));
        log.atError()
                .addKeyValue("partition", partition)
                .addKeyValue("entries", end - needed)
                .addKeyValue("limit", config.maxBytes())
                .log("Outbox is full: entries were cut off before every destination had them");
    }

    private void wake(int partition, long tail) {
        listeners.forEach(listener -> listener.advanced(partition, tail));
    }
}
