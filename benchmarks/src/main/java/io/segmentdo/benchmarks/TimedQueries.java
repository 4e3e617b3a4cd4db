package io.segmentdo.benchmarks;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.segmentdo.warehouse.engine.Engines;
import io.segmentdo.warehouse.engine.EnginesConfig;
import io.segmentdo.warehouse.engine.Head;
import io.segmentdo.warehouse.engine.ResultForm;
import io.segmentdo.warehouse.engine.RowSink;
import io.segmentdo.warehouse.query.Queries;
import io.segmentdo.warehouse.query.QueryRequest;
import io.segmentdo.warehouse.query.Reader;
import io.segmentdo.warehouse.table.Tables;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Queries over the warehouse, from the request to the last row, and over a DuckDB of this process that has the same rows in a
 * view {@code events}. Confined to one thread.
 */
final class TimedQueries implements AutoCloseable {
    static final Map<String, String> QUERIES = queries();

    /** A node serves for long; the compilers of both processes, which share two cores, have not seen a query before. */
    private static final int WARM_UP_ROUNDS = 20;

    private static final long WARM_UP_NANOS = 5_000_000_000L;

    private static final EnginesConfig CONFIG = EnginesConfig.DEFAULT;

    private final String workspace;
    private final Engines engines;
    private final Queries queries;

    TimedQueries(Tables tables, String workspace, Path directory) {
        this.workspace = workspace;
        this.engines = new Engines(CONFIG, directory.resolve("engines"), new SimpleMeterRegistry());
        Reader reader = new Reader(() -> tables, directory.resolve("copies"), 1 << 20);
        this.queries = new Queries(engines, reader, patience -> true, new SimpleMeterRegistry(), Clock.systemUTC());
    }

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
        queries.put("a property in the JSON", "SELECT avg(CAST(properties->>'$.revenue' AS DOUBLE)) FROM events");
        queries.put(
                "one user", "SELECT message_id, event, timestamp FROM events WHERE user_id = 'u77' ORDER BY timestamp");
        return queries;
    }

    /** Prints each query's median time here and there. */
    void compareWith(Connection duck, int rounds) throws SQLException {
        System.out.println("| query | DuckDB alone ms | warehouse ms | ratio (aim: <= 1.3) |");
        System.out.println("|---|---|---|---|");
        for (Map.Entry<String, String> query : QUERIES.entrySet()) {
            compare(query.getKey(), query.getValue(), duck, rounds);
        }
    }

    private void compare(String name, String sql, Connection duck, int rounds) throws SQLException {
        long warm = System.nanoTime() + WARM_UP_NANOS;
        for (int round = 0; round < WARM_UP_ROUNDS || System.nanoTime() < warm; round++) {
            millis(duck, sql);
            millis(sql);
        }
        List<Double> alone = new ArrayList<>();
        List<Double> ours = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            alone.add(millis(duck, sql));
            ours.add(millis(sql));
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

    /** How long a query over the warehouse takes. */
    double millis(String sql) {
        long start = System.nanoTime();
        queries.run(
                new QueryRequest("q", workspace, sql, ResultForm.JSON, Optional.empty(), false, CONFIG.limits()),
                new Nothing());
        return (System.nanoTime() - start) / 1e6;
    }

    /** The settings under which a DuckDB of this process can be compared. */
    static void prepare(Connection duck) throws SQLException {
        execute(duck, "SET threads = " + CONFIG.threads());
        execute(duck, "SET TimeZone = 'UTC'");
    }

    static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Override
    public void close() {
        engines.close();
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
