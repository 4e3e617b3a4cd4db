package io.segmentdo.benchmarks;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.segmentdo.event.Event;
import io.segmentdo.event.EventType;
import io.segmentdo.event.IdentifiedEvent;
import io.segmentdo.event.Utf8Json;
import io.segmentdo.store.Changes;
import io.segmentdo.store.Outbox;
import io.segmentdo.store.OutboxConfig;
import io.segmentdo.store.PartitionStore;
import io.segmentdo.store.StoreConfig;
import io.segmentdo.store.rocks.RocksPartitionStore;
import io.segmentdo.warehouse.Warehouse;
import io.segmentdo.warehouse.WarehouseConfig;
import io.segmentdo.warehouse.table.WarehouseTable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** How fast events of an outbox get into the warehouse, how soon they can be queried, and what room they take. */
@Command(name = "warehouse", description = "From the outbox into Iceberg tables.")
final class WarehouseBenchmark implements Callable<Integer> {
    private static final int PARTITIONS = 64;
    private static final int BATCH = 500;

    @Option(names = "--events", defaultValue = "400000", description = "Events that wait in the outbox at first.")
    private int events;

    @Option(names = "--rate", defaultValue = "10000", description = "Events per second afterwards.")
    private int rate;

    @Option(names = "--seconds", defaultValue = "10", description = "How long that rate is kept.")
    private int seconds;

    private final Random random = new Random(42);
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final long[] epochs = new long[PARTITIONS];
    private final long[] tails = new long[PARTITIONS];

    @Override
    public Integer call() throws Exception {
        Path home = Files.createTempDirectory("segmentdo-warehouse-");
        try (PartitionStore store = RocksPartitionStore.open(home.resolve("store"), StoreConfig.DEFAULT, meters)) {
            Outbox outbox = new Outbox(store, OutboxConfig.DEFAULT, meters, InstantSource.system());
            for (int partition = 0; partition < PARTITIONS; partition++) {
                epochs[partition] = store.open(partition);
                tails[partition] = outbox.open(partition, epochs[partition]);
            }
            CountedBytes zipped = new CountedBytes();
            try (GZIPOutputStream json = new GZIPOutputStream(zipped)) {
                for (int done = 0; done < events; done += BATCH) {
                    for (Event event : add(store, outbox)) {
                        json.write(event.json().bytes());
                        json.write('\n');
                    }
                }
            }
            measure(home, store, outbox, zipped.count);
        } finally {
            delete(home);
        }
        return 0;
    }

    private void measure(Path home, PartitionStore store, Outbox outbox, long zippedBytes) {
        try (Warehouse warehouse = new Warehouse(
                WarehouseConfig.DEFAULT, home.resolve("warehouse"), store, outbox, meters, InstantSource.system())) {
            long start = System.nanoTime();
            for (int partition = 0; partition < PARTITIONS; partition++) {
                warehouse.own(partition, epochs[partition]);
            }
            awaitLoaded(warehouse);
            double elapsed = (System.nanoTime() - start) / 1e9;
            long processor = processorNanos();
            warehouse.lookAfterTables();
            long bytes =
                    warehouse.size("acme", WarehouseTable.EVENTS).orElseThrow().bytes();
            System.out.printf(
                    Locale.ROOT,
                    "backlog  | %,d events in %.1f s: %,.0f events/s; %.1f us of processor time each%n",
                    events,
                    elapsed,
                    events / elapsed,
                    processor / 1e3 / events);
            System.out.printf(
                    Locale.ROOT,
                    "room     | %.0f bytes per event, gzipped JSON %.0f: ratio %.2f%n",
                    (double) bytes / events,
                    (double) zippedBytes / events,
                    (double) bytes / zippedBytes);
            System.out.printf(
                    Locale.ROOT,
                    "fresh    | %,d events/s for %d s: the last can be queried %.1f s after it was put into the outbox%n",
                    rate,
                    seconds,
                    steady(store, outbox, warehouse));
        }
    }

    /** What the warehouse's threads have used, which does not depend on what else the machine does. */
    private static long processorNanos() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long nanos = 0;
        for (ThreadInfo thread : threads.getThreadInfo(threads.getAllThreadIds())) {
            if (thread != null && thread.getThreadName().startsWith("warehouse")) {
                nanos += threads.getThreadCpuTime(thread.getThreadId());
            }
        }
        return nanos;
    }

    private double steady(PartitionStore store, Outbox outbox, Warehouse warehouse) {
        long start = System.nanoTime();
        for (int done = 0; done < rate * seconds; done += BATCH) {
            long due = start + TimeUnit.SECONDS.toNanos(1) * done / rate;
            LockSupport.parkNanos(due - System.nanoTime());
            add(store, outbox);
        }
        long added = System.nanoTime();
        awaitLoaded(warehouse);
        return (System.nanoTime() - added) / 1e9;
    }

    private void awaitLoaded(Warehouse warehouse) {
        for (int partition = 0; partition < PARTITIONS; partition++) {
            while (warehouse.lowest(partition) <= tails[partition]) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
            }
        }
    }

    private List<Event> add(PartitionStore store, Outbox outbox) {
        int partition = random.nextInt(PARTITIONS);
        Changes changes = new Changes(partition, epochs[partition]);
        List<Event> added = new ArrayList<>();
        for (int i = 0; i < BATCH; i++) {
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
                EventType.TRACK, "acme", "site", id, "u" + user, "a-" + user, null, null, now, now, Utf8Json.of(json));
    }

    private static final class CountedBytes extends java.io.OutputStream {
        private long count;

        @Override
        public void write(int one) {
            count++;
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            count += length;
        }
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            all.sorted(Comparator.reverseOrder()).forEach(path -> {
                try {
                    Files.delete(path);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }
}
