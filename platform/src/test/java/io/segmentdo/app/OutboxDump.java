package io.segmentdo.app;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.segmentdo.event.IdentifiedEvent;
import io.segmentdo.event.OutboxEntry;
import io.segmentdo.store.Outbox;
import io.segmentdo.store.OutboxConfig;
import io.segmentdo.store.PartitionStore;
import io.segmentdo.store.StoreConfig;
import io.segmentdo.store.rocks.RocksPartitionStore;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/** Reads the outboxes that a stopped platform has left behind. */
final class OutboxDump {
    private static final int PAGE = 1000;

    private OutboxDump() {}

    /** All events of all partitions, each partition's in the order of its commits. */
    static List<IdentifiedEvent> of(Path data) {
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        try (RocksPartitionStore store = RocksPartitionStore.open(data.resolve("store"), StoreConfig.DEFAULT, meters)) {
            return of(store);
        }
    }

    /** All events of a store that nobody else uses. */
    static List<IdentifiedEvent> of(PartitionStore store) {
        List<IdentifiedEvent> events = new ArrayList<>();
        Outbox outbox = new Outbox(store, OutboxConfig.DEFAULT, new SimpleMeterRegistry(), InstantSource.system());
        for (int partition = 0; partition < store.partitions(); partition++) {
            outbox.open(partition, store.open(partition));
            read(outbox, partition, events);
        }
        return events;
    }

    private static void read(Outbox outbox, int partition, List<IdentifiedEvent> events) {
        long position = outbox.head(partition);
        List<OutboxEntry> page = outbox.read(partition, position, PAGE, Long.MAX_VALUE);
        while (!page.isEmpty()) {
            for (OutboxEntry entry : page) {
                if (entry instanceof IdentifiedEvent event) {
                    events.add(event);
                }
                position = entry.position() + 1;
            }
            page = outbox.read(partition, position, PAGE, Long.MAX_VALUE);
        }
    }
}
