package io.segmentdo.benchmarks;

import io.segmentdo.temporary.TemporaryDirectory;
import io.segmentdo.warehouse.files.LocalFiles;
import io.segmentdo.warehouse.table.CatalogConfig;
import io.segmentdo.warehouse.table.Tables;
import io.segmentdo.warehouse.table.WarehouseTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
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

    @Option(names = "--events", defaultValue = "1000000", description = "Rows (default: ${DEFAULT-VALUE}).")
    private long events = 1_000_000;

    @Option(names = "--rounds", defaultValue = "7", description = "Rounds, of which the median counts.")
    private int rounds = 7;

    @Option(names = "--files-per-day", defaultValue = "1", description = "More than 1 is a table before its upkeep.")
    private int filesPerDay = 1;

    @Override
    public Integer call() throws Exception {
        try (TemporaryDirectory directory = new TemporaryDirectory("query")) {
            run(directory.path());
        }
        return 0;
    }

    private void run(Path directory) throws IOException, SQLException {
        Path single = directory.resolve("single.parquet");
        Path lake = directory.resolve("lake");
        try (Connection duck = DriverManager.getConnection("jdbc:duckdb:");
                Tables tables = Tables.open(CatalogConfig.DEFAULT, lake, new LocalFiles(), LocalFiles.location(lake));
                TimedQueries queries = new TimedQueries(tables, "shop", directory)) {
            TimedQueries.prepare(duck);
            write(duck, tables, directory, single);
            TimedQueries.execute(duck, "CREATE VIEW events AS SELECT * FROM read_parquet('" + single + "')");
            System.out.printf("%,d events, %d files a day, median of %d rounds%n%n", events, filesPerDay, rounds);
            queries.compareWith(duck, rounds);
        }
    }

    /** The same rows into one file, and by day into the table. */
    private void write(Connection duck, Tables tables, Path directory, Path single) throws SQLException, IOException {
        tables.table("shop", WarehouseTable.EVENTS)
                .updateSchema()
                .addColumn("revenue", Types.DoubleType.get(), WarehouseTable.EVENTS.comment("revenue"))
                .commit();
        Table table = tables.table("shop", WarehouseTable.EVENTS);
        TimedQueries.execute(duck, "CREATE TABLE rows AS " + rows(table));
        TimedQueries.execute(
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
                TimedQueries.execute(
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
        TimedQueries.execute(duck, "DROP TABLE rows");
    }

    private String rows(Table table) {
        Map<String, String> values = Map.of(
                "message_id", "'m' || i",
                "type", "'track'",
                "event",
                        "['Product Viewed', 'Product Added', 'Order Completed', 'Page Viewed', 'Signed Up'][1 + i % 5]",
                "user_id", "'u' || hash(i) % 100000",
                "profile_id", "'p' || hash(i) % 100000",
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
}
