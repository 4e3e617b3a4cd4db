package io.segmentdo.benchmarks;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.segmentdo.warehouse.engine.Engines;
import io.segmentdo.warehouse.engine.EnginesConfig;
import io.segmentdo.warehouse.engine.Head;
import io.segmentdo.warehouse.engine.Limits;
import io.segmentdo.warehouse.engine.ResultForm;
import io.segmentdo.warehouse.engine.RowSink;
import io.segmentdo.warehouse.files.LocalFiles;
import io.segmentdo.warehouse.query.Queries;
import io.segmentdo.warehouse.query.QueryRequest;
import io.segmentdo.warehouse.query.Reader;
import io.segmentdo.warehouse.table.CatalogConfig;
import io.segmentdo.warehouse.table.Tables;
import io.segmentdo.warehouse.table.WarehouseTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.MetricsConfig;
import org.apache.iceberg.Table;
import org.apache.iceberg.parquet.ParquetUtil;
import org.apache.iceberg.types.Types;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * SQL over the tables, from the request to the last row, against DuckDB in this process over one Parquet file with the same
 * rows: what gate, sandbox, process and planning cost.
 */
@Command(
        name = "query",
        description = "Queries over the warehouse against DuckDB alone.",
        mixinStandardHelpOptions = true)
final class QueryBenchmark implements Callable<Integer> {
    private static final int DAYS = 8;
    private static final Map<String, String> QUERIES = queries();

    @Option(names = "--events", defaultValue = "1000000", description = "Rows (default: ${DEFAULT-VALUE}).")
    private long events = 1_000_000;

    @Option(names = "--rounds", defaultValue = "7", description = "Rounds, of which the median counts.")
    private int rounds = 7;

    @Option(names = "--files-per-day", defaultValue = "1", description = "More than 1 is a table before its upkeep.")
    private int filesPerDay = 1;

    private static Map<String, String> queries() {
        Map<String, String> queries = new LinkedHashMap<>();
        queries.put(
                "events of a week, by name",
                "SELECT event, count(*) as count, avg(revenue) as avgRevenue FROM events WHERE timestamp > now() -"
                        + " INTERVAL 7 DAY GROUP BY event ORDER BY count DESC");
        queries.put("all events", "SELECT count(*) FROM events");
        queries.put(
                "users by hour of a day",
                "SELECT date_trunc('hour', timestamp) AS hour, count(DISTINCT user_id) FROM events WHERE timestamp >"
                        + " now() - INTERVAL 1 DAY GROUP BY 1 ORDER BY 1");
        queries.put("a property in the JSON", "SELECT avg(CAST(properties->>'$.n' AS DOUBLE)) FROM events");
        queries.put(
                "one user", "SELECT message_id, event, timestamp FROM events WHERE user_id = 'u77' ORDER BY timestamp");
        return queries;
    }

    @Override
    public Integer call() throws Exception {
        Path directory = Files.createTempDirectory(Path.of("").toAbsolutePath(), "query-benchmark-");
        try {
            run(directory);
        } finally {
            remove(directory);
        }
        return 0;
    }

    private void run(Path directory) throws IOException, SQLException {
        Path single = directory.resolve("single.parquet");
        Path lake = directory.resolve("lake");
        EnginesConfig config = EnginesConfig.DEFAULT;
        try (Connection duck = DriverManager.getConnection("jdbc:duckdb:");
                Tables tables = Tables.open(CatalogConfig.DEFAULT, lake, new LocalFiles(), LocalFiles.location(lake));
                Engines engines = new Engines(config, directory.resolve("engines"), new SimpleMeterRegistry())) {
            execute(duck, "SET threads = " + config.threads());
            execute(duck, "SET TimeZone = 'UTC'");
            write(duck, tables, directory, single);
            execute(duck, "CREATE VIEW events AS SELECT * FROM read_parquet('" + single + "')");
            Reader reader = new Reader(() -> tables, directory.resolve("copies"), 1 << 20);
            Queries queries =
                    new Queries(engines, reader, patience -> true, new SimpleMeterRegistry(), Clock.systemUTC());
            System.out.printf("%,d events, %d files a day, median of %d rounds%n%n", events, filesPerDay, rounds);
            System.out.println("| query | DuckDB alone ms | warehouse ms | ratio |");
            System.out.println("|---|---|---|---|");
            for (Map.Entry<String, String> query : QUERIES.entrySet()) {
                compare(query.getKey(), query.getValue(), duck, queries, config.limits());
            }
        }
    }

    private void compare(String name, String sql, Connection duck, Queries queries, Limits limits) throws SQLException {
        List<Double> alone = new ArrayList<>();
        List<Double> ours = new ArrayList<>();
        for (int round = -2; round < rounds; round++) { // the first two are for warming up
            double one = millis(duck, sql);
            double other = millis(queries, sql, limits);
            if (round >= 0) {
                alone.add(one);
                ours.add(other);
            }
        }
        double base = Figures.median(alone);
        double median = Figures.median(ours);
        System.out.printf("| %s | %.1f | %.1f | %.2f |%n", name, base, median, median / base);
    }

    private static double millis(Connection duck, String sql) throws SQLException {
        long start = System.nanoTime();
        try (Statement statement = duck.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            while (result.next()) {
                result.getObject(1);
            }
        }
        return (System.nanoTime() - start) / 1e6;
    }

    private static double millis(Queries queries, String sql, Limits limits) {
        long start = System.nanoTime();
        queries.run(
                new QueryRequest("q", "shop", sql, ResultForm.JSON, Optional.empty(), false, limits), new Nothing());
        return (System.nanoTime() - start) / 1e6;
    }

    /** The same rows into one file, and by day into the table. */
    private void write(Connection duck, Tables tables, Path directory, Path single) throws SQLException, IOException {
        tables.table("shop", WarehouseTable.EVENTS)
                .updateSchema()
                .addColumn("revenue", Types.DoubleType.get(), WarehouseTable.EVENTS.comment("revenue"))
                .commit();
        Table table = tables.table("shop", WarehouseTable.EVENTS);
        execute(duck, "CREATE TABLE rows AS " + rows(table));
        execute(
                duck,
                "COPY (SELECT * FROM rows ORDER BY event, timestamp) TO '" + single
                        + "' (FORMAT parquet, COMPRESSION zstd)");
        String ids = table.schema().columns().stream()
                .map(column -> "\"" + column.name() + "\": " + column.fieldId())
                .collect(Collectors.joining(", ", "{", "}"));
        AppendFiles append = table.newAppend();
        Path data = Files.createDirectories(directory.resolve("lake/data"));
        for (int day = 0; day < DAYS; day++) {
            LocalDate date = LocalDate.now(java.time.ZoneOffset.UTC).minusDays(day);
            for (int part = 0; part < filesPerDay; part++) {
                Path file = data.resolve("d" + day + "-" + part + ".parquet");
                execute(
                        duck,
                        "COPY (SELECT * FROM rows WHERE CAST(timestamp AS DATE) = '" + date
                                + "' AND hash(message_id) % "
                                + filesPerDay + " = " + part + " ORDER BY event, timestamp) TO '" + file
                                + "' (FORMAT parquet, COMPRESSION zstd, FIELD_IDS " + ids + ")");
                var input = tables.files().newInputFile(LocalFiles.location(file));
                append.appendFile(DataFiles.builder(table.spec())
                        .withInputFile(input)
                        .withPartitionPath("timestamp_day=" + date)
                        .withFormat("parquet")
                        .withMetrics(ParquetUtil.fileMetrics(input, MetricsConfig.forTable(table)))
                        .build());
            }
        }
        append.commit();
        execute(duck, "DROP TABLE rows");
    }

    private String rows(Table table) {
        Map<String, String> values = Map.of(
                "message_id", "'m' || i",
                "type", "'track'",
                "event",
                        "['Product Viewed', 'Product Added', 'Order Completed', 'Page Viewed', 'Signed Up'][1 + i % 5]",
                "user_id", "'u' || (i * 7919 % 100000)",
                "profile_id", "'p' || (i * 7919 % 100000)",
                "source", "'web'",
                "timestamp",
                        "date_trunc('day', now()) + INTERVAL 1 DAY - to_microseconds(1 + CAST(i * "
                                + (DAYS * 86_400_000_000L / events) + " AS BIGINT))",
                "received_at", "now()",
                "revenue", "CASE WHEN i % 5 = 2 THEN i % 1000 / 10.0 END",
                "properties",
                        "'{\"n\":' || i % 100 || ',\"sku\":\"s' || i % 5000 || '\",\"revenue\":' || i % 1000 || '}'");
        return table.schema().columns().stream()
                .map(column ->
                        values.getOrDefault(column.name(), "CAST(NULL AS VARCHAR)") + " AS \"" + column.name() + '"')
                .map(column -> column.endsWith("_at\"") && column.startsWith("CAST(NULL")
                        ? column.replace("VARCHAR", "TIMESTAMPTZ")
                        : column.replace(
                                "CAST(NULL AS VARCHAR) AS \"original_timestamp\"",
                                "CAST(NULL AS TIMESTAMPTZ) AS \"original_timestamp\""))
                .collect(Collectors.joining(", ", "SELECT ", " FROM range(" + events + ") t(i)"));
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static void remove(Path directory) throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }

    /** Rows that nobody looks at. */
    private static final class Nothing implements RowSink {
        @Override
        public void head(Head head) {
            // not needed
        }

        @Override
        public void data(byte[] bytes) {
            // not needed
        }
    }
}
