package io.segmentdo.warehouse.query;

import static io.segmentdo.warehouse.query.WarehouseFixture.track;
import static org.assertj.core.api.Assertions.assertThat;

import io.segmentdo.warehouse.engine.Dataset;
import io.segmentdo.warehouse.table.WarehouseTable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** That times are not read where a query only compares them, and that no answer shows it. */
class AlikeTest {
    private static final Instant FIRST_DAY = Instant.parse("2026-05-10T00:00:00Z");
    private static final int DAYS = 5;

    @RegisterExtension
    static final SharedEngines ENGINES = new SharedEngines();

    private final Instant now = Instant.now();

    @TempDir
    Path directory;

    WarehouseFixture warehouse;

    @BeforeEach
    void open() {
        warehouse = new WarehouseFixture(directory, ENGINES);
    }

    @AfterEach
    void close() {
        warehouse.close();
    }

    @Test
    void aQueryThatOnlyComparesTimesAnswersAsIfItReadThem() throws IOException {
        appendDays();
        appendNow();

        for (String condition : List.of(
                "timestamp > TIMESTAMPTZ '2026-05-12 06:00:00Z'",
                "timestamp >= '2026-05-12 06:00:00'",
                "timestamp < '2026-05-12 08:00:00+02'",
                "timestamp <= '2026-05-12 06:00:00'",
                "DATE '2026-05-11' <= timestamp",
                "timestamp BETWEEN '2026-05-11' AND '2026-05-13 18:00:00'",
                "timestamp > '2026-05-11' AND timestamp < '2026-05-14' AND event = 'e1'",
                "timestamp > '2026-05-11' AND (event = 'e1' OR event = 'e2') AND NOT event = 'e2'",
                "timestamp > '2026-05-11' AND received_at < '2026-05-13'",
                "timestamp > now() - INTERVAL 3 DAY",
                "timestamp < now() - INTERVAL 36 HOUR",
                "timestamp > '1990-01-01'")) {
            answersAlike("SELECT event, count(*), sum(length(message_id)) FROM events AS e WHERE " + condition
                    + " GROUP BY 1 ORDER BY 1");
        }
    }

    @Test
    void eachPlaceOfAQueryHasItsOwnCondition() throws IOException {
        appendDays();
        String after = "timestamp >= '2026-05-13 18:00:00'";
        String before = "timestamp < '2026-05-13 18:00:00'";

        for (String sql : List.of(
                "SELECT (SELECT count(*) FROM events AS a WHERE " + after + ") AS n, (SELECT count(*) FROM events AS b"
                        + " WHERE " + before + ") AS m",
                "SELECT count(*) FROM events AS a JOIN events AS b USING (event) WHERE a." + after + " AND b." + before,
                "SELECT message_id FROM events AS a WHERE " + after
                        + " UNION ALL SELECT message_id FROM events AS b WHERE " + before + " ORDER BY 1",
                "WITH late AS (SELECT event FROM events AS a WHERE " + after
                        + ") SELECT event, count(*) FROM late GROUP BY" + " 1 ORDER BY 1",
                "SELECT count(*) FROM tracks AS a WHERE " + after
                        + " AND event IN (SELECT event FROM events AS b WHERE b." + before + ")",
                "SELECT message_id, (SELECT count(*) FROM profile_merges WHERE " + after
                        + ") AS n FROM events AS a WHERE " + before + " ORDER BY 1")) {
            answersAlike(sql);
        }
    }

    @Test
    void timesAreReadWhenAQueryDoesMoreWithThem() throws IOException {
        appendDays();
        appendNow();

        for (String sql : List.of(
                "SELECT min(timestamp) FROM events AS e WHERE timestamp > '2026-05-12'",
                "SELECT message_id FROM events AS e WHERE timestamp > '2026-05-12' ORDER BY timestamp, 1",
                "SELECT count(*) FROM events AS e WHERE timestamp = '2026-05-12 06:00:00'",
                "SELECT count(*) FROM events AS e WHERE timestamp < '1990-01-01'",
                "SELECT count(*) FROM events AS e WHERE timestamp < '2026-05-10 12:00:00'", // half of the rows
                "SELECT count(*) FROM events AS e WHERE timestamp > '2026-05-12' OR event = 'e1'",
                "SELECT count(*) FROM events AS e WHERE NOT timestamp > '2026-05-12'",
                "SELECT count(*) FROM events AS e WHERE timestamp > '2026-05-12' AND timestamp <> '2026-05-13 06:00:00'",
                "SELECT count(*) FROM events AS e WHERE timestamp > '2026-05-12' AND hour(timestamp) = 6",
                "SELECT count(*) FROM events AS e WHERE timestamp > '2026-05-12' AND timestamp <= received_at",
                "SELECT count(*) FROM events AS e JOIN events AS f USING (timestamp) WHERE e.timestamp > '2026-05-12'",
                "SELECT count(*) FROM events AS e WHERE timestamp > '2026-05-12' HAVING max(timestamp) > '2026-05-12'",
                "SELECT count(*) FROM (SELECT timestamp AS t FROM events AS e WHERE timestamp > '2026-05-11') WHERE t <"
                        + " '2026-05-13 06:00:00'",
                "SELECT count(*) FROM (SELECT timestamp FROM events AS e) WHERE timestamp > '2026-05-12 06:00:00'",
                "SELECT count(*) FROM (SELECT * FROM events AS e) AS f WHERE timestamp > '2026-05-12 06:00:00'",
                "SELECT count(*) FROM events AS e WHERE timestamp BETWEEN '2026-05-12 06:00:00' AND received_at",
                "SELECT count(*) FROM events AS e WHERE timestamp > date_trunc('hour', now())",
                "SELECT count(*) FROM events AS e WHERE timestamp > today() - 1",
                "SELECT count(*) FROM events AS e WHERE timestamp > now() - INTERVAL 1 MONTH")) {
            assertThat(filesNotReadForTimes(sql)).as(sql).isZero();
        }
    }

    @Test
    void rowsCloseToTheirLimitAreReadSinceTimeGoesOn() throws IOException {
        String sql = "SELECT count(*) AS n FROM events AS e WHERE timestamp > now() - INTERVAL 3 DAY";
        Instant limit = now.minus(Duration.ofDays(3));
        warehouse.append(WarehouseTable.EVENTS, List.of(track("a", "x", limit.plusSeconds(30), Map.of())));
        assertThat(filesNotReadForTimes(sql)).isZero();

        Instant later = limit.plusSeconds(3600);
        warehouse.append(
                WarehouseTable.EVENTS, List.of(track("b", "x", later, Map.of()), track("c", "x", later, Map.of())));
        assertThat(filesNotReadForTimes(sql)).isEqualTo(1);
    }

    @Test
    void thePastAndMergedProfilesAreSeenInBothKindsOfFiles() throws IOException {
        appendDays();
        Optional<Moment> then = Optional.of(new Moment.Snapshot(warehouse
                .reader
                .events(WarehouseFixture.WORKSPACE, Optional.empty())
                .snapshotId()));
        warehouse.append(
                WarehouseTable.EVENTS,
                List.of(track("late", "e1", FIRST_DAY.plus(Duration.ofDays(3)), Map.of("profile_id", "p2"))));
        warehouse.append(
                WarehouseTable.PROFILE_MERGES,
                List.of(Map.of(
                        "kind",
                        "merged",
                        "profile_id",
                        "p2",
                        "other_id",
                        "p1",
                        "occurred_at",
                        now,
                        "ledger_fact",
                        1L,
                        "partition",
                        0,
                        "position",
                        1L)));
        String sql =
                "SELECT profile_id, cart_value, count(*) AS n FROM events AS e WHERE timestamp > '2026-05-12 06:00:00'"
                        + " GROUP BY 1, 2 ORDER BY 1, 2";

        answersAlike(sql);
        assertThat(warehouse.query(sql)).contains("p2,").doesNotContain("p1,");
        assertThat(warehouse.query(sql, then)).isEqualTo(warehouse.query(reading(sql), then));
        assertThat(warehouse.query(sql, then)).isNotEqualTo(warehouse.query(sql));
    }

    /** Of each day a file of the morning, one of the evening, and one of both. */
    private void appendDays() throws IOException {
        for (int day = 0; day < DAYS; day++) {
            for (List<Integer> hours : List.of(List.of(0, 6), List.of(18, 23), List.of(6, 18))) {
                List<Map<String, Object>> rows = new ArrayList<>();
                for (int hour : hours) {
                    Instant time = FIRST_DAY.plus(Duration.ofDays(day)).plus(Duration.ofHours(hour));
                    String id = "m" + day + "-" + hour + "-" + hours.getFirst();
                    rows.add(track(id, "e" + hour % 5, time, Map.of("properties", "{\"cartValue\": " + hour + "}")));
                }
                warehouse.append(WarehouseTable.EVENTS, rows);
            }
        }
    }

    private void appendNow() throws IOException {
        for (int hours : List.of(1, 30, 50, 100)) {
            Instant time = now.minus(Duration.ofHours(hours));
            warehouse.append(WarehouseTable.EVENTS, List.of(track("n" + hours, "e1", time, Map.of())));
        }
    }

    private void answersAlike(String sql) {
        assertThat(filesNotReadForTimes(sql)).as(sql).isPositive();
        assertThat(warehouse.query(sql)).as(sql).isEqualTo(warehouse.query(reading(sql)));
    }

    /** The same, but so that all columns are read. */
    private static String reading(String sql) {
        return sql.replaceAll("(events|tracks) AS", "(SELECT * FROM $1) AS");
    }

    private int filesNotReadForTimes(String sql) {
        try (var lease = ENGINES.get().lease("shop")) {
            return warehouse.reader.read(
                    lease.engine(),
                    sql,
                    new Reader.Scope(WarehouseFixture.WORKSPACE, Optional.empty(), Optional.empty()),
                    WarehouseFixture.ENGINES.limits(),
                    (engine, dataset) -> dataset.tables().stream()
                            .filter(table -> table.name().equals(Views.RAW_ALIKE))
                            .map(Dataset.Table::files)
                            .mapToInt(List::size)
                            .sum());
        }
    }
}
