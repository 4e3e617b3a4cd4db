package io.segmentdo.benchmarks;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.segmentdo.config.ByteSize;
import io.segmentdo.event.Event;
import io.segmentdo.store.Changes;
import io.segmentdo.store.PartitionStore;
import io.segmentdo.store.StoreConfig;
import io.segmentdo.store.rocks.RocksPartitionStore;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What identity costs without a network: one lane over an embedded store in this process, and the bare writes. */
@Command(name = "identity", description = "Identified events per second and ledger decisions per second of one lane.")
final class IdentityBenchmark implements Callable<Integer> {
    private static final int AT_ONCE = 50_000;
    private static final int ALONE = 1000;

    @Option(
            names = "--profiles",
            defaultValue = "100000",
            description = "Known profiles; their import is the first row.")
    private int profiles;

    @Option(names = "--events", defaultValue = "200000", description = "Events of each row.")
    private int events;

    @Option(names = "--batch", defaultValue = "1024", description = "Events of a batch.")
    private int batch;

    @Option(
            names = "--grow",
            defaultValue = "0",
            description = "So many profiles are there in the last row; 0 for none.")
    private long grow;

    @Option(names = "--block-cache", description = "Another one than the default, e.g. 128MiB.")
    private @Nullable String blockCache;

    @Option(
            names = "--sql",
            defaultValue = "0",
            description =
                    "So many events also for a model of the usual design, two tables in a PostgreSQL; 0 for none.")
    private int sql;

    private final IdentityEvents source = new IdentityEvents();

    @Override
    public Integer call() throws Exception {
        StoreConfig config = config();
        try (TemporaryDirectory folder = new TemporaryDirectory("identity");
                LaneLoad load = new LaneLoad(folder.path().resolve("store"), config)) {
            System.out.println(LaneCost.HEADER);
            run(load, "new users, 2 new pairs each", profiles, source::newUser);
            run(load, "known users, tracks (warm-up)", events, source::knownTrack);
            run(load, "known users, tracks", events, source::knownTrack);
            load.store().keepCommits();
            LaneCost mix = run(load, "90 % track, 9 % identify, 1 % merge", events, source::mixed);
            writeAgain(folder, config, load.store().takeKept(), mix);
            run(load, "the same, 10 % of one user", events, source::mixedWithHotUser);
            run(load, "known users on new devices", events / 4, source::newDevice);
            System.out.println(
                    load.apply(IdentityEvents.list(ALONE, source::mixed), 1).row("the mix, one event at a time"));
            System.out.printf(Locale.ROOT, "one fsync: %.3f ms%n", Figures.syncMillis());
            if (sql > 0) {
                runModel(folder);
            }
            if (grow > source.users()) {
                run(load, "new users up to " + grow, grow - source.users(), source::newUser);
                LaneCost many = run(load, "the mix over all of them", events, source::mixed);
                System.out.printf(
                        Locale.ROOT,
                        "CPU per event with %,d profiles: %.2f of that with %,d%n",
                        grow,
                        many.processMicros() / mix.processMicros(),
                        profiles);
            }
        }
        return 0;
    }

    private void runModel(TemporaryDirectory folder) throws Exception {
        IdentityEvents events = new IdentityEvents();
        try (TwoTableModel model = new TwoTableModel(folder.path().resolve("postgres"))) {
            String row = "%-34s %,9.0f%n";
            System.out.printf(
                    Locale.ROOT,
                    row,
                    "model of two tables: new users",
                    model.apply(IdentityEvents.list(sql, events::newUser)));
            System.out.printf(
                    Locale.ROOT,
                    row,
                    "model of two tables: the mix",
                    model.apply(IdentityEvents.list(sql, events::mixed)));
        }
    }

    private StoreConfig config() {
        StoreConfig config = StoreConfig.DEFAULT;
        return blockCache == null
                ? config
                : new StoreConfig(
                        config.engine(),
                        config.partitions(),
                        ByteSize.parse(blockCache),
                        config.writeBuffers(),
                        config.maxOpenFiles(),
                        config.postgres());
    }

    private LaneCost run(LaneLoad load, String name, long count, Supplier<Event> next) {
        LaneCost cost = null;
        for (long left = count; left > 0; left -= AT_ONCE) {
            LaneCost part = load.apply(IdentityEvents.list((int) Math.min(left, AT_ONCE), next), batch);
            cost = cost == null ? part : cost.plus(part);
        }
        if (cost == null) {
            throw new IllegalArgumentException("no events for " + name);
        }
        System.out.println(cost.row(name));
        return cost;
    }

    /** The baseline: the commits of a row once more, without all that led to them. */
    private static void writeAgain(
            TemporaryDirectory folder, StoreConfig config, List<List<Changes>> commits, LaneCost row) {
        try (PartitionStore bare =
                RocksPartitionStore.open(folder.path().resolve("bare"), config, new SimpleMeterRegistry())) {
            bare.tryOpen(IntStream.range(0, bare.partitions()).boxed().toList());
            long start = System.nanoTime();
            commits.forEach(bare::commit);
            double perSecond = row.events() * 1e9 / (System.nanoTime() - start);
            System.out.printf(
                    Locale.ROOT,
                    "%-34s %,9.0f   the lane reaches %.2f of it%n",
                    "the same commits, bare",
                    perSecond,
                    row.perSecond() / perSecond);
        }
    }
}
