package io.segmentdo.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.segmentdo.event.Event;
import io.segmentdo.identity.ChannelTransport;
import io.segmentdo.identity.IdentityConfig;
import io.segmentdo.identity.IdentityLane;
import io.segmentdo.identity.IdentityRules;
import io.segmentdo.identity.LaneResult;
import io.segmentdo.identity.OutboxLog;
import io.segmentdo.store.Outbox;
import io.segmentdo.store.OutboxConfig;
import io.segmentdo.store.StoreConfig;
import io.segmentdo.store.rocks.RocksPartitionStore;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.IntStream;
import org.HdrHistogram.Histogram;

/** One identity lane that owns all partitions of an embedded store, fed as its verticle feeds it. Confined to one thread. */
final class LaneLoad implements AutoCloseable {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final OperatingSystemMXBean SYSTEM =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    private static final int QUIET_SECONDS_MAX = 600;

    private final CountedStore store;
    private final IdentityLane lane;

    LaneLoad(Path directory, StoreConfig config) {
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        store = new CountedStore(RocksPartitionStore.open(directory, config, meters));
        Outbox outbox = new Outbox(store, OutboxConfig.DEFAULT, meters, InstantSource.system());
        lane = new IdentityLane(
                store,
                new OutboxLog(outbox),
                IdentityConfig.DEFAULT,
                workspace -> IdentityRules.DEFAULT,
                ChannelTransport.NONE);
        lane.open(IntStream.range(0, store.partitions()).boxed().toList());
    }

    CountedStore store() {
        return store;
    }

    /** Identifies all of these, and what they lead to; with the cost of it. */
    LaneCost apply(List<Event> events, int batch) {
        Histogram micros = new Histogram(3);
        long decisions = 0;
        LaneCost before = now();
        for (int from = 0; from < events.size(); from += batch) {
            long start = System.nanoTime();
            decisions += decisions(lane.apply(events.subList(from, Math.min(from + batch, events.size()))));
            micros.recordValue((System.nanoTime() - start) / 1000);
        }
        while (!lane.isIdle()) {
            decisions += decisions(lane.drain());
        }
        return now().since(before, events.size(), decisions, micros);
    }

    /** Returns when the store has written and merged what it was given before; at most after ten minutes. */
    void awaitQuietStore() throws InterruptedException {
        long before = -1;
        for (int seconds = 0; before != StoreThreads.processorNanos() && seconds < QUIET_SECONDS_MAX; seconds++) {
            before = StoreThreads.processorNanos();
            Thread.sleep(1000);
        }
    }

    private static long decisions(LaneResult result) {
        return result.joinedLinks() + result.refusedLinks();
    }

    private LaneCost now() {
        return new LaneCost(
                0,
                0,
                System.nanoTime(),
                THREADS.getCurrentThreadCpuTime(),
                StoreThreads.processorNanos(),
                SYSTEM.getProcessCpuTime(),
                THREADS.getCurrentThreadAllocatedBytes(),
                store.readKeys(),
                store.reads(),
                store.commits(),
                store.changes(),
                new Histogram(3));
    }

    @Override
    public void close() {
        store.close();
    }
}
