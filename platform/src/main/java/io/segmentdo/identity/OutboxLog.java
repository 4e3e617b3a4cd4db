package io.segmentdo.identity;

import io.segmentdo.event.OutboxEntry;
import io.segmentdo.store.Changes;
import io.segmentdo.store.Outbox;

/** The outbox as lanes write to it; who reads it, follows by itself. Safe for concurrent use by several lanes. */
public record OutboxLog(Outbox outbox) implements EventLog {
    @Override
    public long open(int partition, long epoch) {
        return outbox.open(partition, epoch);
    }

    @Override
    public void close(int partition) {
        outbox.close(partition);
    }

    @Override
    public void add(Changes changes, OutboxEntry entry) {
        outbox.add(changes, entry);
    }

    @Override
    public void committed(int partition, long tail) {
        outbox.committed(partition, tail);
    }
}
