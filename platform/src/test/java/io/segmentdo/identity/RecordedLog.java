package io.segmentdo.identity;

import io.segmentdo.event.OutboxEntry;
import io.segmentdo.store.Changes;
import io.segmentdo.store.Keyspace;
import io.segmentdo.store.PartitionStore;
import java.util.ArrayList;
import java.util.List;

/** Outboxes that keep entries as objects: the store holds their numbers, so that it decides which were committed. */
final class RecordedLog implements EventLog {
    private final PartitionStore store;
    private final List<OutboxEntry> entries = new ArrayList<>();
    private final long[] seen;

    /** What has been committed, in the order of the commits. */
    final List<OutboxEntry> committed = new ArrayList<>();

    RecordedLog(PartitionStore store) {
        this.store = store;
        this.seen = new long[store.partitions()];
    }

    @Override
    public long open(int partition, long epoch) {
        return tail(partition);
    }

    private long tail(int partition) {
        PartitionStore.Entry last = store.last(partition, Keyspace.OUTBOX);
        return last == null ? 0 : Keys.number(last.key());
    }

    @Override
    public void close(int partition) {
        // what was added and not committed is never read
    }

    @Override
    public void add(Changes changes, OutboxEntry entry) {
        changes.put(Keyspace.OUTBOX, Keys.number(entry.position()), Keys.number(entries.size()));
        entries.add(entry);
    }

    @Override
    public void committed(int partition, long tail) {}

    /** Reads what has been committed since the last call; to be called after each commit, whether it was told or not. */
    void observe() {
        for (int partition = 0; partition < seen.length; partition++) {
            long tail = tail(partition);
            while (seen[partition] < tail) {
                seen[partition]++;
                byte[] number = store.read(partition, Keyspace.OUTBOX, Keys.number(seen[partition]));
                OutboxEntry entry = entries.get((int) Keys.number(number));
                if (entry.position() != seen[partition] || entry.partition() != partition) {
                    throw new AssertionError("position " + seen[partition] + " of " + partition + " holds " + entry);
                }
                committed.add(entry);
            }
        }
    }
}
