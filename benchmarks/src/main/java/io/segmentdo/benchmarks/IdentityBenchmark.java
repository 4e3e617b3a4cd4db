package io.segmentdo.benchmarks;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.segmentdo.benchmarks.IdentityEvents.Kind;
import io.segmentdo.config.ByteSize;
import io.segmentdo.store.Changes;
import io.segmentdo.store.PartitionStore;
import io.segmentdo.store.StoreConfig;
import io.segmentdo.store.rocks.RocksPartitionStore;
import io.segmentdo.temporary.TemporaryDirectory;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
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
            split = ",",
            description = "So many profiles are there in the last rows, e.g. 1000000,10000000; none by default.")
    private List<Long> grow = List.of();

    @Option(names = "--block-cache", description = "Another one than the default, e.g. 128MiB.")
    private @Nullable String blockCache;

    @Option(
            names = "--sql",
            defaultValue = "0",
            description =
                    "So many events also on a PostgreSQL: one node, three members of a cluster, and a model of the"
                            + " usual design, two tables; 0 for none.")
    private int sql;

    private final IdentityEvents source = new IdentityEvents("");

    @Override
    public Integer call() throws Exception {
        StoreConfig config = config();
        try (TemporaryDirectory folder = new TemporaryDirectory("identity");
                LaneLoad load = new LaneLoad(folder.path().resolve("store"), config)) {
            System.out.println(LaneCost.HEADER);
            run(load, Kind.NEW_USERS, profiles);
            run(load, Kind.TRACKS, events); // for the compilers
            run(load, Kind.TRACKS, events);
            load.store().keepCommits();
            LaneCost mix = run(load, Kind.MIX, events);
            writeAgain(folder, config, load.store().takeKept(), mix);
            run(load, Kind.MIX_WITH_HOT_USER, events);
            run(load, Kind.NEW_DEVICES, events / 4);
            System.out.println(load.apply(IdentityEvents.list(ALONE, source.of(Kind.MIX)), 1)
                    .row("the mix, one event at a time"));
            System.out.printf(Locale.ROOT, "one fsync: %.3f ms%n", Figures.syncMillis());
            for (long more : grow) {
                growTo(more, load, mix);
            }
        }
        fromSpools();
        return 0;
    }

    private void growTo(long many, LaneLoad load, LaneCost few) throws InterruptedException {
        run(load, Kind.NEW_USERS, many - source.users());
        load.awaitQuietStore();
        LaneCost mix = run(load, Kind.MIX, events);
        System.out.printf(
                Locale.ROOT,
                "CPU per event of the mix with %,d profiles: %.2f of that with %,d, the lane alone %.2f%n",
                many,
                mix.processMicros() / few.processMicros(),
                profiles,
                mix.laneMicros() / few.laneMicros());
    }

    private void fromSpools() throws Exception {
        System.out.println(SpooledRows.HEADER);
        try (TemporaryDirectory folder = new TemporaryDirectory("spooled");
                SpooledRows node = SpooledRows.alone("one node", folder.path(), asStore())) {
            node.print(profiles, events);
        }
        if (sql > 0) {
            PostgresRows.print(sql);
        }
    }

    private String asStore() {
        return blockCache == null ? "" : "store: {block-cache: " + blockCache + "}\n";
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

    private LaneCost run(LaneLoad load, Kind kind, long count) {
        LaneCost cost = null;
        for (long left = count; left > 0; left -= AT_ONCE) {
            LaneCost part = load.apply(IdentityEvents.list((int) Math.min(left, AT_ONCE), source.of(kind)), batch);
            cost = cost == null ? part : cost.plus(part);
        }
        if (cost == null) {
            throw new IllegalArgumentException("no events for " + kind.text());
        }
        System.out.println(cost.row(kind.text()));
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
