package io.segmentdo.app;

import io.segmentdo.cluster.Follower;
import io.segmentdo.delivery.Deliveries;
import io.segmentdo.event.OutboxEntry;
import io.segmentdo.identity.EventLog;
import io.segmentdo.store.Changes;
import io.segmentdo.store.Outbox;
import java.util.Set;

/**
 * What goes with a partition: its outbox, which the lane opens with it, and its deliveries, which follow.
 *
 * <p>Safe for concurrent use by several lanes.
 */
final class Ownership implements EventLog, Follower {
    private final Outbox outbox;
    private final Deliveries deliveries;

    Ownership(Outbox outbox, Deliveries deliveries) {
        this.outbox = outbox;
        this.deliveries = deliveries;
    }

    @Override
    public long open(int partition, long epoch) {
        return outbox.open(partition, epoch);
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
    }

    @Override
    public void disown(Set<Integer> partitions) {
        deliveries.disown(partitions);
        partitions.forEach(outbox::close);
    }
}
