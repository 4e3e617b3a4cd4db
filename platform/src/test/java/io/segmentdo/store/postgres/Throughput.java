package io.segmentdo.store.postgres;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.segmentdo.store.Changes;
import io.segmentdo.store.Keyspace;
import io.segmentdo.store.PartitionStore;
import io.segmentdo.store.StoreConfig;
import io.segmentdo.store.rocks.RocksPartitionStore;
import io.segmentdo.temporary.TemporaryDirectory;
import io.vertx.core.Vertx;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * How many events a second the store takes, each a dedupe mark, a read and written actor and 1 KB in the outbox. Started
 * by hand, with the seconds of each measurement as an argument.
 */
final class Throughput {
    private static final int PARTITIONS = 64;
    private static final int EVENT_BYTES = 1024;

    private Throughput() {}

    public static void main(String[] args) throws Exception {
        long seconds = args.length == 0 ? 3 : Long.parseLong(args[0]);
        try (TemporaryDirectory data = new TemporaryDirectory("throughput")) {
            measurePostgres(data.path().resolve("postgres"), seconds);
            measureRocks(data.path().resolve("rocks"), seconds);
        }
    }

    private static void measurePostgres(Path directory, long seconds) throws Exception {
        try (RealPostgres postgres = RealPostgres.in(directory)) {
            Vertx vertx = Vertx.vertx();
            StoreConfig config = StoreConfig.DEFAULT.withPartitions(PARTITIONS).on(postgres.config());
            try (PartitionStore store = PostgresPartitionStore.open(vertx, config, new SimpleMeterRegistry())) {
                measure("postgres", store, seconds);
            }
            vertx.close().await();
        }
    }

    private static void measureRocks(Path directory, long seconds) throws Exception {
        StoreConfig config = StoreConfig.DEFAULT.withPartitions(PARTITIONS);
        try (PartitionStore store = RocksPartitionStore.open(directory, config, new SimpleMeterRegistry())) {
            measure("rocks", store, seconds);
        }
    }

    private static void measure(String name, PartitionStore store, long seconds) throws InterruptedException {
        for (int lanes : new int[] {1, 2}) {
            for (int events : new int[] {256, 2048}) {
                run(store, lanes, events, 1);
                long perSecond = run(store, lanes, events, seconds);
                System.out.println(name + ": " + lanes + " lanes, " + events + " events a commit: " + perSecond + "/s");
            }
        }
    }

    private static long run(PartitionStore store, int lanes, int events, long seconds) throws InterruptedException {
        long start = System.nanoTime();
        long[] done = new long[lanes];
        List<Thread> threads = new ArrayList<>();
        for (int lane = 0; lane < lanes; lane++) {
            int mine = lane;
            threads.add(Thread.ofPlatform().start(() -> {
                long[] epochs = new long[PARTITIONS];
                long[] tails = new long[PARTITIONS];
                for (int partition = mine; partition < PARTITIONS; partition += lanes) {
                    epochs[partition] = store.open(partition);
                    PartitionStore.Entry last = store.last(partition, Keyspace.OUTBOX);
                    tails[partition] =
                            last == null ? 0 : ByteBuffer.wrap(last.key()).getLong();
                }
                SplittableRandom random = new SplittableRandom(mine + start);
                while (System.nanoTime() - start < TimeUnit.SECONDS.toNanos(seconds)) {
                    done[mine] += commit(store, lanes, mine, events, epochs, tails, random);
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        long total = 0;
        for (long one : done) {
            total += one;
        }
        return total * 1_000_000_000L / (System.nanoTime() - start);
    }

    private static int commit(
            PartitionStore store,
            int lanes,
            int lane,
            int events,
            long[] epochs,
            long[] tails,
            SplittableRandom random) {
        List<Changes> all = new ArrayList<>();
        int owned = PARTITIONS / lanes;
        for (int i = 0; i < owned; i++) {
            int partition = lane + i * lanes;
            Changes changes = new Changes(partition, epochs[partition]);
            List<byte[]> actors = new ArrayList<>();
            for (int event = 0; event < events / owned; event++) {
                actors.add(ByteBuffer.allocate(16)
                        .putLong(random.nextLong(100_000))
                        .array());
                byte[] mark = new byte[20];
                random.nextBytes(mark);
                changes.put(Keyspace.DEDUPE, mark, new byte[0]);
                byte[] value = new byte[EVENT_BYTES];
                random.nextBytes(value);
                changes.put(
                        Keyspace.OUTBOX,
                        ByteBuffer.allocate(8).putLong(++tails[partition]).array(),
                        value);
            }
            store.readAll(partition, Keyspace.ACTOR, actors);
            actors.forEach(actor -> changes.put(Keyspace.ACTOR, actor, new byte[120]));
            all.add(changes);
        }
        store.commit(all);
        return events / owned * owned;
    }
}
