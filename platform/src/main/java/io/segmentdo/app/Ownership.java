package io.segmentdo.app;

import io.segmentdo.delivery.Deliveries;
import io.segmentdo.event.OutboxEntry;
import io.segmentdo.identity.EventLog;
import io.segmentdo.store.Changes;
import io.segmentdo.store.Outbox;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What follows when a lane takes a partition: its outbox gets a new owner, and its deliveries go on under the new epoch.
 *
 * <p>Safe for concurrent use by several lanes.
 */
final class Ownership implements EventLog {
    private final Outbox outbox;
    private final Deliveries deliveries;
    private final Map<Integer, Long> epochs = new ConcurrentHashMap<>();

    Ownership(Outbox outbox, Deliveries deliveries) {
        this.outbox = outbox;
        this.deliveries = deliveries;
    }

    @Override
    public long open(int partition, long epoch) {
        long tail = outbox.open(partition, epoch);
        Long before = epochs.put(partition, epoch);
        if (before == null || before != epoch) {
            deliveries.own(partition, epoch);
        }
        return tail;
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
