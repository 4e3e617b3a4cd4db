package io.segmentdo.warehouse.engine;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.segmentdo.config.ByteSize;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One engine and a small table of events for tests. Confined to one thread. */
final class EngineFixture implements AutoCloseable {
    static final EnginesConfig CONFIG = new EnginesConfig(
            1,
            ByteSize.mebibytes(128),
            ByteSize.mebibytes(64),
            2,
            Duration.ofSeconds(20),
            Duration.ofSeconds(60),
            100_000,
            100_000,
            ByteSize.mebibytes(16),
            Duration.ofMinutes(1));

    static final List<Dataset.Column> COLUMNS = List.of(
            new Dataset.Column(1, "message_id", "VARCHAR"),
            new Dataset.Column(2, "type", "VARCHAR"),
            new Dataset.Column(3, "event", "VARCHAR"),
            new Dataset.Column(4, "timestamp", "TIMESTAMPTZ"),
            new Dataset.Column(5, "revenue", "DOUBLE"),
            new Dataset.Column(6, "properties", "VARCHAR"));

    private static final String ROWS = """
            SELECT 'm' || i AS message_id, 'track' AS type,
              CASE WHEN i % 4 = 0 THEN 'Order Completed' ELSE 'Page Viewed' END AS event,
              now() - to_hours(i) AS timestamp,
              CASE WHEN i % 4 = 0 THEN CAST(i AS DOUBLE) END AS revenue,
              '{"n":' || i || '}' AS properties
            FROM range(1000) t(i)""";

    final Engines engines;
    final Path data;

    EngineFixture(Path directory) {
        engines = new Engines(CONFIG, directory.resolve("engines"), new SimpleMeterRegistry());
        data = directory.resolve("data").resolve("events.parquet");
        data.getParent().toFile().mkdirs();
        try (Engines.Lease lease = engines.lease("shop")) {
            lease.engine()
                    .copy(
                            ROWS,
                            new Dataset("shop", List.of(), List.of(), List.of(), List.of()),
                            data,
                            "FORMAT parquet, FIELD_IDS {message_id: 1, type: 2, event: 3, timestamp: 4, revenue: 5,"
                                    + " properties: 6}",
                            CONFIG.limits());
        }
    }

    Dataset dataset() {
        return new Dataset(
                "shop",
                List.of(data.toString()),
                List.of(),
                List.of(new Dataset.Table("raw_events", COLUMNS, List.of(data.toString()))),
                List.of(new Dataset.View("events", "SELECT * FROM raw_events")));
    }

    /** Runs a query as the node does: first the gate, then the engine. */
    String query(String sql) {
        return query(sql, CONFIG.limits());
    }

    String query(String sql, Limits limits) {
        return new String(query(sql, ResultForm.CSV, limits), UTF_8).replace("\r\n", "\n");
    }

    byte[] query(String sql, ResultForm form, Limits limits) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (Engines.Lease lease = engines.lease("shop")) {
            Analysis analysis = lease.engine().analyse(sql, Duration.ofSeconds(10));
            for (Analysis.Use use : analysis.uses()) {
                if (!use.name().equals("events") && !analysis.defined().contains(use.name())) {
                    throw new QueryException(Reason.MEANING, "there is no table " + use.name(), use.offset());
                }
            }
            lease.engine().run(sql, dataset(), form, limits, sink(bytes));
        }
        return bytes.toByteArray();
    }

    /** What an engine does that got a query past the gate. */
    @Nullable
    QueryException behindTheGate(String sql) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (Engines.Lease lease = engines.lease("shop")) {
            lease.engine().run(sql, dataset(), ResultForm.CSV, CONFIG.limits(), sink(bytes));
            return null;
        } catch (QueryException e) {
            return e;
        }
    }

    private static RowSink sink(ByteArrayOutputStream bytes) {
        return new RowSink() {
            @Override
            public void head(Head head) {
                // the rows tell
            }

            @Override
            public void data(byte[] piece) {
                bytes.writeBytes(piece);
            }
        };
    }

    @Override
    public void close() {
        engines.close();
    }
}
