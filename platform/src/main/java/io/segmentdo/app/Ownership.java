package io.segmentdo.app;

import io.segmentdo.cluster.Follower;
import io.segmentdo.delivery.Deliveries;
import io.segmentdo.event.OutboxEntry;
import io.segmentdo.identity.EventLog;
import io.segmentdo.store.Changes;
import io.segmentdo.store.Outbox;
import io.segmentdo.warehouse.Warehouse;
import java.util.Optional;
import java.util.Set;

/**
 * What goes with a partition: its outbox, which the lane opens with it, and what reads it, which follows.
 *
 * <p>Safe for concurrent use by several lanes.
 */
final class Ownership implements EventLog, Follower {
    private final Outbox outbox;
    private final Deliveries deliveries;
    private final Optional<Warehouse> warehouse;

    Ownership(Outbox outbox, Deliveries deliveries, Optional<Warehouse> warehouse) {
        this.outbox = outbox;
        this.deliveries = deliveries;
        this.warehouse = warehouse;
    }

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

    @Override
    public void own(int partition, long epoch) {
        deliveries.own(partition, epoch);
        warehouse.ifPresent(loading -> loading.own(partition, epoch));
    }

    @Override
    public void disown(Set<Integer> partitions) {
        deliveries.disown(partitions);
        warehouse.ifPresent(loading -> partitions.forEach(loading::disown));
    }
}
