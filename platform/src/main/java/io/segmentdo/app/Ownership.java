package io.segmentdo.app;

import io.segmentdo.cluster.Follower;
import io.segmentdo.delivery.Deliveries;
import io.segmentdo.warehouse.Warehouse;
import java.util.Optional;
import java.util.Set;

/** What follows a partition: the readers of its outbox. Safe for concurrent use. */
record Ownership(Deliveries deliveries, Optional<Warehouse> warehouse) implements Follower {
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
