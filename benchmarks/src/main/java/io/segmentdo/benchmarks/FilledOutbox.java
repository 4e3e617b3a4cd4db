package io.segmentdo.benchmarks;

import io.micrometer.core.instrument.MeterRegistry;
import io.segmentdo.event.Event;
import io.segmentdo.event.EventType;
import io.segmentdo.event.IdentifiedEvent;
import io.segmentdo.event.Utf8Json;
import io.segmentdo.identity.Colleagues;
import io.segmentdo.store.Changes;
import io.segmentdo.store.Outbox;
import io.segmentdo.store.OutboxConfig;
import io.segmentdo.store.PartitionStore;
import io.segmentdo.store.StoreConfig;
import io.segmentdo.store.rocks.RocksPartitionStore;
import io.segmentdo.warehouse.Warehouse;
import io.segmentdo.warehouse.WarehouseConfig;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** An outbox that is filled with tracked events of 1 KB, and the warehouse that reads it. Confined to one thread. */
final class FilledOutbox implements AutoCloseable {
    static final String WORKSPACE = "acme";
    private static final int PARTITIONS = 64;

    private final PartitionStore store;
    private final Outbox outbox;
    private final Random random = new Random(42);
    private final long[] epochs = new long[PARTITIONS];
    private final long[] tails = new long[PARTITIONS];

    FilledOutbox(Path directory, MeterRegistry meters) {
        store = RocksPartitionStore.open(directory, StoreConfig.DEFAULT, meters);
        outbox = new Outbox(store, OutboxConfig.DEFAULT, meters, InstantSource.system());
        for (int partition = 0; partition < PARTITIONS; partition++) {
            epochs[partition] = store.open(partition);
            tails[partition] = outbox.open(partition, epochs[partition]);
        }
    }

    /** A warehouse that has all partitions from now on; closed by the caller, before this. */
    Warehouse warehouse(WarehouseConfig config, Path directory, MeterRegistry meters) {
        Warehouse warehouse =
                new Warehouse(config, directory, store, outbox, Colleagues.NONE, meters, InstantSource.system());
        for (int partition = 0; partition < PARTITIONS; partition++) {
            warehouse.own(partition, epochs[partition]);
        }
        return warehouse;
    }

    /** Returns when the tables have all that is in the outbox. */
    void awaitLoaded(Warehouse warehouse) {
        for (int partition = 0; partition < PARTITIONS; partition++) {
            while (warehouse.lowest(partition) <= tails[partition]) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
            }
        }
    }

    /** Puts so many events into one partition. */
    List<Event> add(int count) {
        int partition = random.nextInt(PARTITIONS);
        Changes changes = new Changes(partition, epochs[partition]);
        List<Event> added = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Event event = event();
            tails[partition]++;
            outbox.add(changes, new IdentifiedEvent(partition, tails[partition], "p" + event.userId(), event));
            added.add(event);
        }
        store.commitRelaxed(List.of(changes));
        outbox.committed(partition, tails[partition]);
        return added;
    }

    private Event event() {
        int user = random.nextInt(200_000);
        long now = System.currentTimeMillis();
        String id = new java.util.UUID(random.nextLong(), random.nextLong()).toString();
        String json = """
                {"type":"track","event":"%s","messageId":"%s","userId":"u%d","anonymousId":"a-%d",\
                "properties":{"product_id":"sku-%d","name":"Product number %d","category":"category-%d","price":%d.%d,\
                "quantity":%d,"currency":"EUR","coupon":"SUMMER%d","position":%d,"revenue":%d.50,"is_new":%b},\
                "context":{"ip":"203.0.113.%d","userAgent":"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like \
                Gecko) Chrome/131.0.0.0 Safari/537.36","locale":"de-DE","timezone":"Europe/Berlin","page":{"url":"https://shop.example\
                /products/%d?ref=%d","path":"/products/%d","title":"Product number %d","referrer":"https://www.google.com/"},\
                "library":{"name":"analytics.js","version":"next-1.62.0"},"campaign":{"name":"autumn","source":"google","medium":"cpc"}},\
                "integrations":{},"timestamp":"2026-11-20T12:00:00.000Z","receivedAt":"2026-11-20T12:00:00.000Z","version":2}\
                """.formatted(
                        "Event " + random.nextInt(12),
                        id,
                        user,
                        user,
                        user % 5_000,
                        user % 5_000,
                        user % 30,
                        user % 300,
                        10 + user % 89,
                        1 + user % 5,
                        user % 10,
                        user % 40,
                        user % 900,
                        user % 2 == 0,
                        user % 250,
                        user % 5_000,
                        random.nextInt(1 << 30),
                        user % 5_000,
                        user % 5_000);
        return new Event(
                EventType.TRACK,
                WORKSPACE,
                "site",
                id,
                "u" + user,
                "a-" + user,
                null,
                null,
                now,
                now,
                Utf8Json.of(json));
    }

    @Override
    public void close() {
        store.close();
    }
}
