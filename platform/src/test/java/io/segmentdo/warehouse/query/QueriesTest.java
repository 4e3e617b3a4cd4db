package io.segmentdo.warehouse.query;

import static io.segmentdo.warehouse.query.WarehouseFixture.track;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.segmentdo.warehouse.engine.Dataset;
import io.segmentdo.warehouse.engine.QueryException;
import io.segmentdo.warehouse.engine.Reason;
import io.segmentdo.warehouse.table.WarehouseTable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.iceberg.Table;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What queries see of the tables. */
class QueriesTest {
    private final Instant now = Instant.now();

    @RegisterExtension
    static final SharedEngines ENGINES = new SharedEngines();

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
    void theQueryOfTheSeedRunsAsItIsWritten() throws IOException {
        Table table = warehouse.tables.table(WarehouseFixture.WORKSPACE, WarehouseTable.EVENTS);
        table.updateSchema()
                .addColumn("revenue", Types.DoubleType.get(), WarehouseTable.EVENTS.comment("revenue"))
                .commit();
        List<Map<String, Object>> rows = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            rows.add(track("o" + i, "Order Completed", now.minus(Duration.ofDays(i)), Map.of("revenue", 10.0 + i)));
        }
        rows.add(track("v", "Product Viewed", now, Map.of()));
        rows.add(track("old", "Order Completed", now.minus(Duration.ofDays(8)), Map.of("revenue", 1000.0)));
        warehouse.append(WarehouseTable.EVENTS, rows);

        String result = warehouse.query(
                "SELECT event, count(*) as count, avg(revenue) as avgRevenue FROM events WHERE timestamp > now() -"
                        + " INTERVAL 7 DAY GROUP BY event ORDER BY count DESC");

        assertThat(result).isEqualTo("event,count,avgRevenue\nOrder Completed,3,11.0\nProduct Viewed,1,\n");
    }

    @Test
    void aWorkspaceWithoutEventsHasEmptyViews() {
        assertThat(warehouse.query("SELECT count(*) AS n FROM events")).isEqualTo("n\n0\n");
        assertThat(warehouse.query("SELECT * FROM users")).startsWith("profile_id,");
        assertThat(warehouse.query("SELECT count(*) AS n FROM tracks t JOIN identifies i USING (profile_id)"))
                .isEqualTo("n\n0\n");
    }

    @Test
    void eachTypeAndEachEventHasAView() throws IOException {
        warehouse.append(
                WarehouseTable.EVENTS,
                List.of(
                        track("a", "Order Completed", now, Map.of()),
                        track("b", "orderCompleted", now, Map.of()),
                        track("c", "Product Viewed", now, Map.of()),
                        track("d", "x", now, Map.of("type", "page", "name", "Home"))));

        assertThat(warehouse.query("SELECT count(*) AS n FROM tracks")).isEqualTo("n\n3\n");
        assertThat(warehouse.query("SELECT name FROM pages")).isEqualTo("name\nHome\n");
        assertThat(warehouse.query("SELECT message_id FROM order_completed ORDER BY 1"))
                .isEqualTo("message_id\na\nb\n");
        assertThatThrownBy(() -> warehouse.query("SELECT *\nFROM order_canceled"))
                .isInstanceOfSatisfying(QueryException.class, e -> {
                    assertThat(e.reason()).isEqualTo(Reason.MEANING);
                    assertThat(e.offset()).isEqualTo(14);
                    assertThat(e.getMessage()).startsWith("there is no table order_canceled");
                });
    }

    @Test
    void eventsBelongToTheProfileThatTheirPersonHasNow() throws IOException {
        warehouse.append(
                WarehouseTable.EVENTS,
                List.of(
                        track("a", "x", now, Map.of("profile_id", "anonymous")),
                        track("b", "x", now, Map.of("profile_id", "known")),
                        track("c", "x", now, Map.of("profile_id", "other")),
                        track("d", "x", now, Map.of("profile_id", "back"))));
        warehouse.append(
                WarehouseTable.PROFILE_MERGES,
                List.of(
                        fact("merged", "known", "anonymous", 1),
                        fact("merged", "final", "known", 2),
                        fact("merged", "final", "back", 3),
                        fact("unmerged", "back", "final", 4)));
        warehouse.append(
                WarehouseTable.USERS,
                List.of(
                        Map.of("profile_id", "final", "user_id", "u9"),
                        Map.of("profile_id", "known", "user_id", "u9")));

        assertThat(warehouse.query("SELECT message_id, profile_id FROM events ORDER BY 1"))
                .isEqualTo("message_id,profile_id\na,final\nb,final\nc,other\nd,back\n");
        assertThat(warehouse.query("SELECT count(*) AS n FROM events e JOIN users u USING (profile_id)"))
                .isEqualTo("n\n2\n");
        assertThat(warehouse.query("SELECT profile_id FROM users")).isEqualTo("profile_id\nfinal\n");
    }

    @Test
    void aPropertyWithoutAColumnIsReadFromTheJson() throws IOException {
        warehouse.append(
                WarehouseTable.EVENTS,
                List.of(
                        track("a", "x", now, Map.of("properties", "{\"cartValue\": 12.5, \"gift wrap\": true}")),
                        track("b", "x", now, Map.of("properties", "{\"cartValue\": 7, \"coupon\": \"A\\\"1\"}"))));

        assertThat(warehouse.query("SELECT sum(cart_value) AS s FROM events")).isEqualTo("s\n19.5\n");
        assertThat(warehouse.query("SELECT message_id FROM events WHERE gift_wrap"))
                .isEqualTo("message_id\na\n");
        assertThat(warehouse.query("SELECT coupon FROM tracks WHERE coupon IS NOT NULL"))
                .isEqualTo("coupon\n\"A\"\"1\"\n");
        assertThatThrownBy(() -> warehouse.query("SELECT cart_valeu FROM events"))
                .isInstanceOfSatisfying(
                        QueryException.class, e -> assertThat(e.offset()).isEqualTo(7));
    }

    @Test
    void anAddedColumnIsNullInOlderFiles() throws IOException {
        warehouse.append(WarehouseTable.EVENTS, List.of(track("a", "x", now, Map.of())));
        warehouse
                .tables
                .table(WarehouseFixture.WORKSPACE, WarehouseTable.EVENTS)
                .updateSchema()
                .addColumn("size", Types.LongType.get(), WarehouseTable.EVENTS.comment("size"))
                .commit();
        warehouse.append(WarehouseTable.EVENTS, List.of(track("b", "x", now, Map.of("size", 5L))));

        assertThat(warehouse.query("SELECT message_id, size FROM events ORDER BY 1"))
                .isEqualTo("message_id,size\na,\nb,5\n");
    }

    @Test
    void thePastIsSeenAsItWas() throws IOException {
        warehouse.append(WarehouseTable.EVENTS, List.of(track("a", "x", now, Map.of())));
        long first = warehouse
                .reader
                .events(WarehouseFixture.WORKSPACE, Optional.empty())
                .snapshotId();
        warehouse.append(WarehouseTable.EVENTS, List.of(track("b", "x", now, Map.of())));

        String count = "SELECT count(*) AS n FROM events";
        assertThat(warehouse.query(count)).isEqualTo("n\n2\n");
        assertThat(warehouse.query(count, Optional.of(new Moment.Snapshot(first))))
                .isEqualTo("n\n1\n");
        assertThat(warehouse.query(
                        count, Optional.of(new Moment.At(Instant.now().plusSeconds(60)))))
                .isEqualTo("n\n2\n");
        assertThatThrownBy(() -> warehouse.query(count, Optional.of(new Moment.At(now.minusSeconds(3600)))))
                .hasMessageContaining("oldest state");
    }

    @Test
    void filesThatCannotHaveRowsAreNotRead() throws IOException {
        for (int day = 0; day < 5; day++) {
            warehouse.append(
                    WarehouseTable.EVENTS,
                    List.of(track("m" + day, "e" + day, now.minus(Duration.ofDays(day)), Map.of())));
        }

        assertThat(files("SELECT count(*) FROM events")).isEqualTo(5);
        assertThat(files("SELECT count(*) FROM events WHERE timestamp > now() - INTERVAL 36 HOUR"))
                .isEqualTo(2);
        assertThat(files("SELECT count(*) FROM events e WHERE e.event = 'e3' AND user_id = 'u1'"))
                .isEqualTo(1);
        assertThat(files("SELECT count(*) FROM events WHERE timestamp > now() - INTERVAL 36 HOUR OR event = 'e4'"))
                .isEqualTo(5);
        assertThat(
                        files(
                                "SELECT (SELECT count(*) FROM events WHERE event = 'e4'), count(*) FROM tracks WHERE event = 'e0'"))
                .isEqualTo(2);
        assertThat(files("SELECT count(*) FROM events WHERE timestamp < date_trunc('day', now())"))
                .as("the day may end before the query runs")
                .isEqualTo(5);
        assertThat(files("SELECT count(*) FROM pages")).isEqualTo(0);
        assertThat(files("WITH events AS (SELECT 1) SELECT * FROM events")).isEqualTo(5);
    }

    @Test
    void onlyColumnsThatAQueryNamesAreRead() throws IOException {
        warehouse.append(WarehouseTable.EVENTS, List.of(track("a", "x", now, Map.of("user_id", "u1"))));
        int all = WarehouseTable.EVENTS.schema().columns().size();

        assertThat(columns("SELECT count(*) FROM events")).isEqualTo(Views.OWN_COLUMNS.size());
        assertThat(columns("SELECT E.User_Id FROM events e ORDER BY received_at"))
                .isEqualTo(Views.OWN_COLUMNS.size() + 2);
        for (String whole : List.of(
                "FROM events",
                "SELECT events FROM events",
                "SELECT e.user_id, e FROM events e",
                "SELECT COLUMNS('.*_id') FROM events",
                "SUMMARIZE events",
                "SELECT count(*) FROM events UNION ALL (SELECT 1 FROM events NATURAL JOIN tracks)",
                "SELECT first FROM events e(first, second)",
                "SELECT user_id FROM events PIVOT (count(*) FOR event IN ('x'))")) {
            assertThat(columns(whole)).as(whole).isEqualTo(all);
            assertThat(warehouse.query(whole)).as(whole).isNotEmpty();
        }
        assertThat(warehouse.query("SELECT first FROM events e(first, \"type\") WHERE \"type\" = 'track'"))
                .isEqualTo("first\na\n");
        assertThatThrownBy(() -> warehouse.query("SELECT context_locales FROM events"))
                .hasMessageContaining("context_locale\"");
    }

    private int columns(String sql) {
        return datasetOf(sql).tables().getLast().columns().size();
    }

    private int files(String sql) {
        return datasetOf(sql).tables().stream()
                .map(Dataset.Table::files)
                .mapToInt(List::size)
                .sum();
    }

    private Dataset datasetOf(String sql) {
        try (var lease = warehouse.engines.lease("shop")) {
            return warehouse.reader.read(
                    lease.engine(),
                    sql,
                    new Reader.Scope(WarehouseFixture.WORKSPACE, Optional.empty(), Optional.empty()),
                    WarehouseFixture.ENGINES.limits(),
                    (engine, dataset) -> dataset);
        }
    }

    private Map<String, Object> fact(String kind, String profile, String other, long number) {
        return Map.of(
                "kind", kind,
                "profile_id", profile,
                "other_id", other,
                "occurred_at", now,
                "ledger_fact", number,
                "partition", 0,
                "position", number);
    }
}
