package io.segmentdo.benchmarks;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.segmentdo.event.Event;
import io.segmentdo.temporary.TemporaryDirectory;
import io.segmentdo.warehouse.Warehouse;
import io.segmentdo.warehouse.WarehouseConfig;
import io.segmentdo.warehouse.table.WarehouseTable;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.zip.GZIPOutputStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** How fast events of an outbox get into the warehouse, how soon they can be queried, and what room they take. */
@Command(name = "warehouse", description = "From the outbox into Iceberg tables.")
final class WarehouseBenchmark implements Callable<Integer> {
    private static final int BATCH = 500;

    @Option(names = "--events", defaultValue = "400000", description = "Events that wait in the outbox at first.")
    private int events;

    @Option(names = "--rate", defaultValue = "10000", description = "Events per second afterwards.")
    private int rate;

    @Option(names = "--seconds", defaultValue = "10", description = "How long that rate is kept.")
    private int seconds;

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

    @Override
    public Integer call() throws Exception {
        try (TemporaryDirectory home = new TemporaryDirectory("warehouse");
                FilledOutbox outbox = new FilledOutbox(home.path().resolve("store"), meters)) {
            CountedBytes zipped = new CountedBytes();
            try (GZIPOutputStream json = new GZIPOutputStream(zipped)) {
                for (int done = 0; done < events; done += BATCH) {
                    for (Event event : outbox.add(BATCH)) {
                        json.write(event.json().bytes());
                        json.write('\n');
                    }
                }
            }
            measure(home.path(), outbox, zipped.count);
        }
        return 0;
    }

    private void measure(Path home, FilledOutbox outbox, long zippedBytes) {
        long start = System.nanoTime();
        try (Warehouse warehouse = outbox.warehouse(WarehouseConfig.DEFAULT, home.resolve("warehouse"), meters)) {
            outbox.awaitLoaded(warehouse);
            double elapsed = (System.nanoTime() - start) / 1e9;
            long processor = processorNanos();
            warehouse.lookAfterTables();
            long bytes = warehouse
                    .size(FilledOutbox.WORKSPACE, WarehouseTable.EVENTS)
                    .orElseThrow()
                    .bytes();
            System.out.printf(
                    Locale.ROOT,
                    "backlog  | %,d events in %.1f s: %,.0f events/s (aim: >= 40,000); %.1f us of processor time each%n",
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
                    "fresh    | %,d events/s for %d s: the last can be queried %.1f s after it was put into the outbox"
                            + " (aim: < 10 s at 10,000)%n",
                    rate,
                    seconds,
                    steady(outbox, warehouse));
        }
    }

    /** What the warehouse's threads have used, which does not depend on what else the machine does. */
    static long processorNanos() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long nanos = 0;
        for (ThreadInfo thread : threads.getThreadInfo(threads.getAllThreadIds())) {
            if (thread != null && thread.getThreadName().startsWith("warehouse")) {
                nanos += threads.getThreadCpuTime(thread.getThreadId());
            }
        }
        return nanos;
    }

    private double steady(FilledOutbox outbox, Warehouse warehouse) {
        long start = System.nanoTime();
        for (int done = 0; done < rate * seconds; done += BATCH) {
            long due = start + TimeUnit.SECONDS.toNanos(1) * done / rate;
            LockSupport.parkNanos(due - System.nanoTime());
            outbox.add(BATCH);
        }
        long added = System.nanoTime();
        outbox.awaitLoaded(warehouse);
        return (System.nanoTime() - added) / 1e9;
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
}
