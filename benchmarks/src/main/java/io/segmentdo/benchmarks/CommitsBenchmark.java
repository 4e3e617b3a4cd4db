package io.segmentdo.benchmarks;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.segmentdo.temporary.TemporaryDirectory;
import io.segmentdo.warehouse.Warehouse;
import io.segmentdo.warehouse.WarehouseConfig;
import io.segmentdo.warehouse.WarehouseConfig.UpkeepConfig;
import io.segmentdo.warehouse.files.LocalFiles;
import io.segmentdo.warehouse.table.Tables;
import io.segmentdo.warehouse.table.WarehouseTable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.CloseableIterable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * An hour of commits in less time: whether files, metadata, commits and queries stay as they were in the first minutes.
 *
 * <p>All periods of upkeep are shortened as much as that of the commits. In the end its queries are compared with DuckDB in
 * this process over one file that DuckDB has made of the same rows.
 */
@Command(
        name = "commits",
        description = "Commits, upkeep and queries of an hour in less time.",
        mixinStandardHelpOptions = true)
final class CommitsBenchmark implements Callable<Integer> {
    private static final int PARTS = 10;
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    @Option(names = "--commits", defaultValue = "720", description = "How many (default: ${DEFAULT-VALUE}).")
    private int commits;

    @Option(names = "--events", defaultValue = "2000", description = "In each of them (default: ${DEFAULT-VALUE}).")
    private int events;

    @Option(
            names = "--period",
            defaultValue = "100",
            description = "Milliseconds between two (default: ${DEFAULT-VALUE}).")
    private int periodMillis;

    @Option(names = "--rounds", defaultValue = "7", description = "Rounds of queries, of which the median counts.")
    private int rounds;

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

    @Override
    public Integer call() throws Exception {
        try (TemporaryDirectory home = new TemporaryDirectory("commits");
                FilledOutbox outbox = new FilledOutbox(home.path().resolve("store"), meters);
                Warehouse warehouse = outbox.warehouse(config(), home.path().resolve("warehouse"), meters);
                TimedQueries queries = new TimedQueries(warehouse.tables(), FilledOutbox.WORKSPACE, home.path())) {
            System.out.printf(
                    "%d commits of %,d events each, one in %d ms instead of %d%n%n",
                    commits,
                    events,
                    periodMillis,
                    WarehouseConfig.DEFAULT.commitInterval().toMillis());
            System.out.println(
                    "| commits | commit ms | CPU ms | query ms | data files | MB | manifests | states | metadata KB"
                            + " | files on disk | MB on disk |");
            System.out.println("|---|---|---|---|---|---|---|---|---|---|---|");
            try (ScheduledExecutorService upkeep = Executors.newSingleThreadScheduledExecutor()) {
                lookAfter(warehouse, upkeep);
                for (int part = 1; part <= PARTS; part++) {
                    Commits done = commits(outbox, warehouse);
                    report(part * commits / PARTS, done, warehouse.tables(), queries, home);
                }
            }
            System.out.println();
            compare(warehouse.tables(), queries, home.path().resolve("single.parquet"));
        }
        return 0;
    }

    @SuppressWarnings("FutureReturnValueIgnored") // ends with its thread
    private void lookAfter(Warehouse warehouse, ScheduledExecutorService upkeep) {
        long millis = shortened(UpkeepConfig.DEFAULT.interval()).toMillis();
        upkeep.scheduleWithFixedDelay(warehouse::lookAfterTables, millis, millis, TimeUnit.MILLISECONDS);
    }

    private Duration shortened(Duration period) {
        return period.multipliedBy(periodMillis)
                .dividedBy(WarehouseConfig.DEFAULT.commitInterval().toMillis());
    }

    private WarehouseConfig config() {
        WarehouseConfig usual = WarehouseConfig.DEFAULT;
        UpkeepConfig upkeep = usual.upkeep();
        return new WarehouseConfig(
                true,
                usual.location(),
                Duration.ofHours(1), // each is asked for
                usual.profilesInterval(),
                usual.commitBytes(),
                usual.columnsMax(),
                new UpkeepConfig(
                        Duration.ofHours(1), // likewise
                        upkeep.filesMin(),
                        upkeep.fileSize(),
                        shortened(upkeep.snapshotsKept()),
                        upkeep.orphansAfter()),
                usual.catalog(),
                usual.s3(),
                usual.query(),
                usual.export(),
                usual.replay());
    }

    /** The median time from the last row to the snapshot, and the processor time of a commit with its rows. */
    private record Commits(double millis, double processorMillis) {}

    /** A part of all commits. */
    private Commits commits(FilledOutbox outbox, Warehouse warehouse) throws InterruptedException {
        List<Double> millis = new ArrayList<>();
        long processor = WarehouseBenchmark.processorNanos();
        for (int i = 0; i < commits / PARTS; i++) {
            long due = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(periodMillis);
            double before = commitMillis();
            outbox.add(events);
            if (!warehouse.catchUp(PATIENCE)) {
                throw new IllegalStateException("a commit took longer than " + PATIENCE);
            }
            millis.add(commitMillis() - before);
            LockSupport.parkNanos(due - System.nanoTime());
        }
        double processorMillis = (WarehouseBenchmark.processorNanos() - processor) / 1e6 / millis.size();
        return new Commits(Figures.median(millis), processorMillis);
    }

    private double commitMillis() {
        return meters.get("segmentdo.warehouse.commit").timer().totalTime(TimeUnit.MILLISECONDS);
    }

    private void report(int done, Commits each, Tables tables, TimedQueries queries, TemporaryDirectory home)
            throws IOException {
        Table table = table(tables);
        List<Double> queryMillis = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            queryMillis.add(
                    queries.millis(TimedQueries.QUERIES.values().iterator().next()));
        }
        List<FileScanTask> files = files(table);
        List<Path> onDisk;
        try (Stream<Path> all = Files.walk(home.path().resolve("warehouse"))) {
            onDisk = all.filter(Files::isRegularFile).toList();
        }
        System.out.printf(
                Locale.ROOT,
                "| %d | %.1f | %.1f | %.1f | %d | %.1f | %d | %d | %d | %d | %.1f |%n",
                done,
                each.millis(),
                each.processorMillis(),
                Figures.median(queryMillis),
                files.size(),
                files.stream().mapToLong(file -> file.file().fileSizeInBytes()).sum() / 1e6,
                table.currentSnapshot().allManifests(table.io()).size(),
                table.history().size(),
                table.io().newInputFile(metadataLocation(table)).getLength() >> 10,
                onDisk.size(),
                onDisk.stream().mapToLong(CommitsBenchmark::size).sum() / 1e6);
    }

    private static Table table(Tables tables) {
        return tables.find(FilledOutbox.WORKSPACE, WarehouseTable.EVENTS).orElseThrow();
    }

    private static String metadataLocation(Table table) {
        return ((org.apache.iceberg.HasTableOperations) table)
                .operations()
                .current()
                .metadataFileLocation();
    }

    private static List<FileScanTask> files(Table table) throws IOException {
        try (CloseableIterable<FileScanTask> tasks = table.newScan().planFiles()) {
            List<FileScanTask> files = new ArrayList<>();
            tasks.forEach(files::add);
            return files;
        }
    }

    private static long size(Path file) {
        try {
            return Files.exists(file) ? Files.size(file) : 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void compare(Tables tables, TimedQueries queries, Path single) throws SQLException, IOException {
        String files = files(table(tables)).stream()
                .map(task -> "'" + LocalFiles.path(task.file().location()) + "'")
                .collect(Collectors.joining(", ", "[", "]"));
        try (Connection duck = DriverManager.getConnection("jdbc:duckdb:")) {
            TimedQueries.prepare(duck);
            TimedQueries.execute(
                    duck,
                    "COPY (SELECT * FROM read_parquet(" + files
                            + ", hive_partitioning = false, union_by_name = true) ORDER BY event, timestamp) TO '"
                            + single
                            + "' (FORMAT parquet, COMPRESSION zstd)");
            TimedQueries.execute(duck, "CREATE VIEW events AS SELECT * FROM read_parquet('" + single + "')");
            queries.compareWith(duck, rounds);
        }
    }
}
