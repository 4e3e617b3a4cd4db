package io.segmentdo.warehouse.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Queries that want more than to read: refused or stopped, one after another, by an engine that goes on. */
class SandboxTest {
    @TempDir
    static Path directory;

    static EngineFixture fixture;
    static Path secret;

    @BeforeAll
    static void open() throws IOException {
        fixture = new EngineFixture(directory);
        secret = Files.writeString(directory.resolve("secret.csv"), "password\nhunter2\n");
    }

    @AfterAll
    static void close() {
        fixture.close();
    }

    /** What the gate refuses; {@code $FILE} is a file that the process could read, {@code $DATA} one that it may. */
    private static final List<String> REFUSED = List.of(
            "SELECT * FROM '$FILE'",
            "SELECT * FROM \"$FILE\"",
            "SELECT * FROM read_csv('$FILE')",
            "SELECT * FROM read_csv_auto('$FILE')",
            "SELECT * FROM read_text('$FILE')",
            "SELECT * FROM read_blob('$FILE')",
            "SELECT * FROM read_json('$FILE')",
            "SELECT * FROM read_ndjson_objects('$FILE')",
            "SELECT * FROM read_parquet('$DATA')",
            "SELECT * FROM parquet_scan('$DATA')",
            "SELECT * FROM parquet_metadata('$DATA')",
            "SELECT * FROM parquet_kv_metadata('$DATA')",
            "SELECT * FROM sniff_csv('$FILE')",
            "SELECT * FROM glob('/etc/*')",
            "SELECT * FROM read_duckdb('$FILE')",
            "SELECT * FROM 'https://example.com/x.parquet'",
            "SELECT * FROM read_csv('s3://bucket/x.csv')",
            "COPY (SELECT * FROM events) TO '$DATA'",
            "COPY (SELECT * FROM events) TO '$DATA' (USE_TMP_FILE false)",
            "COPY events FROM '$FILE'",
            "EXPORT DATABASE '/tmp/out'",
            "IMPORT DATABASE '/tmp/out'",
            "ATTACH '$FILE' AS other",
            "ATTACH ':memory:' AS other",
            "DETACH memory",
            "USE memory.main",
            "INSTALL httpfs",
            "INSTALL httpfs FROM community",
            "LOAD httpfs",
            "LOAD '$FILE'",
            "UPDATE EXTENSIONS",
            "PRAGMA database_list",
            "PRAGMA enable_profiling",
            "SET memory_limit = '100GB'",
            "SET enable_external_access = true",
            "RESET memory_limit",
            "CREATE TABLE t AS SELECT * FROM range(1000000000)",
            "CREATE OR REPLACE VIEW events AS SELECT 1",
            "CREATE TEMP VIEW v AS SELECT 1",
            "CREATE MACRO now() AS 1",
            "CREATE SECRET s (TYPE s3, KEY_ID 'a', SECRET 'b')",
            "DROP VIEW events",
            "ALTER VIEW events RENAME TO gone",
            "DELETE FROM events",
            "INSERT INTO events VALUES (1)",
            "UPDATE events SET event = 'x'",
            "TRUNCATE events",
            "VACUUM",
            "CHECKPOINT",
            "FORCE CHECKPOINT",
            "BEGIN TRANSACTION",
            "CALL duckdb_settings()",
            "EXPLAIN ANALYZE SELECT 1",
            "SELECT 1; DROP VIEW events",
            "SELECT 1; SELECT 2",
            "PREPARE q AS SELECT 1",
            "EXECUTE q",
            "DEALLOCATE q",
            "SELECT $1",
            "SELECT ?",
            "SET VARIABLE x = 1",
            "SELECT getvariable('x')",
            "SELECT getenv('HOME')",
            "SELECT current_setting('temp_directory')",
            "SELECT system.main.current_setting('temp_directory')",
            "SELECT \"current_setting\"('allowed_paths')",
            "SELECT current_database(), current_query()",
            "SELECT version()",
            "SELECT write_log('x')",
            "SELECT sleep_ms(100000)",
            "SELECT pg_sleep(1000)",
            "SELECT nextval('s')",
            "SELECT pg_get_viewdef(1)",
            "SELECT json_serialize_sql('SELECT 1')",
            "SELECT * FROM duckdb_settings()",
            "SELECT * FROM duckdb_views()",
            "SELECT * FROM duckdb_secrets()",
            "SELECT * FROM duckdb_functions()",
            "SELECT * FROM duckdb_temporary_files()",
            "SELECT * FROM duckdb_logs()",
            "SELECT * FROM duckdb_external_file_cache()",
            "SELECT * FROM pragma_table_info('events')",
            "SELECT * FROM pragma_database_size()",
            "SELECT * FROM information_schema.tables",
            "SELECT * FROM pg_catalog.pg_views",
            "SELECT * FROM main.raw_events",
            "SELECT * FROM memory.main.events",
            "SELECT * FROM query('SELECT 1')",
            "SELECT * FROM query_table('raw_events')",
            "SELECT * FROM json_execute_serialized_sql('{}')",
            "SELECT * FROM repeat('x', 1000000000000)",
            "SELECT * FROM repeat_row('x', num_rows = 1000000000000)",
            "SELECT * FROM test_all_types()",
            "SELECT * FROM seq_scan('events')",
            "SELECT * FROM arrow_scan(1, 2, 3)",
            "SELECT * FROM events AT (VERSION => 1)",
            "SHOW ALL TABLES",
            "SHOW TABLES",
            "SHOW DATABASES",
            "SELECT (SELECT content FROM read_text('$FILE'))",
            "WITH x AS (SELECT * FROM read_csv('$FILE')) SELECT * FROM x",
            "SELECT * FROM events WHERE event IN (SELECT password FROM '$FILE')",
            "SELECT * FROM events JOIN LATERAL (SELECT * FROM read_text('$FILE')) ON true",
            "SELECT list_transform([1], x -> getvariable('x'))",
            "SELECT * FROM events ORDER BY (SELECT count(*) FROM glob('*'))",
            "SELECT count(*) FILTER (WHERE current_setting('threads') = 'x') FROM events",
            "SELECT sum(1) OVER (PARTITION BY current_setting('threads')) FROM events",
            "(SELECT 1) UNION (SELECT password FROM read_csv('$FILE'))",
            "FROM read_text('$FILE') SELECT *",
            "DESCRIBE SELECT * FROM read_csv('$FILE')",
            "SUMMARIZE SELECT * FROM '$FILE'");

    @TestFactory
    Stream<DynamicTest> theGateRefuses() {
        return REFUSED.stream()
                .map(sql -> dynamicTest(sql, () -> {
                    QueryException refused =
                            catchThrowableOfType(QueryException.class, () -> fixture.query(filled(sql)));

                    assertThat(refused).isNotNull();
                    assertThat(refused.reason()).isIn(Reason.REFUSED, Reason.SYNTAX, Reason.MEANING);
                    assertThat(refused.getMessage()).doesNotContain("hunter2");
                    assertAlive();
                }));
    }

    /** What would happen if one of these came past the gate. */
    @TestFactory
    Stream<DynamicTest> theSandboxHoldsWithoutTheGate() {
        return Stream.of(
                        "SELECT * FROM '$FILE'",
                        "SELECT * FROM read_csv('$FILE')",
                        "SELECT * FROM read_text('$FILE')",
                        "SELECT * FROM read_blob('$FILE/../secret.csv')",
                        "SELECT * FROM read_text('$DATA/../../secret.csv')",
                        "COPY (SELECT 1) TO '$FILE'",
                        "EXPORT DATABASE '/tmp/out'",
                        "ATTACH '/tmp/other.db' AS other",
                        "INSTALL httpfs",
                        "LOAD httpfs",
                        "SET memory_limit = '100GB'",
                        "SET allowed_paths = ['/']",
                        "SET enable_external_access = true",
                        "RESET lock_configuration",
                        "PRAGMA disable_optimizer",
                        "CREATE TABLE t AS SELECT 1",
                        "CREATE TEMP TABLE t AS SELECT 1",
                        "CREATE OR REPLACE VIEW events AS SELECT 1",
                        "CREATE MACRO now() AS 1",
                        "DROP VIEW events",
                        "ATTACH ':memory:' AS other",
                        "SELECT * FROM 'https://example.com/x.parquet'")
                .map(sql -> dynamicTest(sql, () -> {
                    assertThat(fixture.behindTheGate(filled(sql))).isNotNull();
                    assertAlive();
                }));
    }

    /** An engine is warm for the next query, which must not find out about the one before. */
    @Test
    void aQueryLeavesNothingInItsEngineForTheNextOne() {
        for (String sql : List.of(
                "SET VARIABLE left = 1",
                "PREPARE left AS SELECT 1",
                "SELECT setseed(0.5)",
                "CREATE TEMP MACRO left_macro() AS 1",
                "CREATE SEQUENCE left_sequence")) {
            fixture.behindTheGate(sql);
        }

        assertThat(fixture.behindTheGate("EXECUTE left")).isNotNull();
        assertThat(fixture.behindTheGate("SELECT left_macro()")).isNotNull();
        assertThat(fixture.behindTheGate("SELECT nextval('left_sequence')")).isNotNull();
        assertThat(fixture.query("SELECT event FROM events WHERE false")).isEqualTo("event\n");
        assertThat(fixture.behindTheGate("SELECT error(getvariable('left')) WHERE getvariable('left') IS NOT NULL"))
                .isNull();
    }

    /** Bombs: no query of these ends by itself within the limits. */
    @TestFactory
    Stream<DynamicTest> theLimitsStop() {
        Limits limits = EngineFixture.CONFIG.limits();
        Limits tight = limits.within(Duration.ofMillis(700)).rows(1000);
        return Stream.of(
                        "SELECT count(*) FROM range(100000000000) a",
                        "SELECT count(*) FROM events a, events b, events c, events d, events e",
                        "WITH RECURSIVE r(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM r) SELECT count(*) FROM r",
                        "WITH RECURSIVE r(i) AS (SELECT 1::HUGEINT UNION ALL SELECT i * 2 % 1000003 FROM r, range(10)) SELECT max(i) FROM r",
                        "SELECT list(i) FROM range(10000000000) t(i)",
                        "SELECT length(string_agg(repeat('x', 100000), '')) FROM range(10000000)",
                        "SELECT repeat('x', 2000000000)",
                        "SELECT lpad('x', 2000000000, 'y')",
                        "SELECT repeat(repeat('x', 1000000), 1000000)",
                        "SELECT range(2000000000)",
                        "SELECT printf('%2000000000d', 1)",
                        "SELECT i FROM range(10000000000) t(i) ORDER BY hash(i)",
                        "SELECT count(DISTINCT md5(i::VARCHAR)) FROM range(10000000000) t(i)",
                        "SELECT sum(a.i) FROM range(1000000) a(i) JOIN range(1000000) b(i) ON a.i % 7 < b.i % 11")
                .map(sql -> dynamicTest(sql, () -> {
                    QueryException stopped =
                            catchThrowableOfType(QueryException.class, () -> fixture.query(sql, tight));

                    assertThat(stopped).isNotNull();
                    assertThat(stopped.reason()).isIn(Reason.TIME, Reason.MEMORY, Reason.VALUE, Reason.ENGINE);
                    assertAlive();
                }));
    }

    @Test
    void aResultEndsWhereTheLimitOfRowsIs() {
        Limits limits = EngineFixture.CONFIG.limits();
        Limits few = limits.rows(3);

        assertThat(fixture.query("SELECT i FROM range(100000000000) t(i)", few)).isEqualTo("i\n0\n1\n2\n");
    }

    @Test
    void aResultEndsWhereTheLimitOfBytesIs() {
        Limits limits = EngineFixture.CONFIG.limits();
        Limits few = limits.rows(1_000_000).bytes(10_000);

        assertThat(fixture.query("SELECT repeat('x', 1000) FROM range(100000000)", few)
                        .length())
                .isBetween(10_000, 12_000);
    }

    @Test
    void queriesThatReadAreAllowed() {
        for (String sql : List.of(
                "SELECT event, count(*) as count, avg(revenue) as avgRevenue FROM events WHERE timestamp > now()"
                        + " - INTERVAL 7 DAY GROUP BY event ORDER BY count DESC",
                "DESCRIBE events",
                "SUMMARIZE events",
                "FROM events LIMIT 1",
                "WITH e AS (SELECT * FROM events) SELECT a.event FROM e a JOIN e b USING (message_id) LIMIT 1",
                "SELECT *, row_number() OVER (PARTITION BY event ORDER BY timestamp) FROM events QUALIFY row_number() OVER () < 5",
                "SELECT properties->>'$.n', json_extract(properties, '$.n') FROM events LIMIT 2",
                "SELECT * EXCLUDE (properties), COLUMNS('rev.*') FROM events LIMIT 2",
                "SELECT unnest([1, 2]), {'a': 1}, map {'k': 'v'}, CASE WHEN true THEN 1 END",
                "SELECT date_trunc('day', timestamp), approx_quantile(revenue, 0.5) FROM events GROUP BY ALL LIMIT 1",
                "SELECT key, value FROM events, json_each(properties) LIMIT 2",
                "SELECT list_transform([1, 2], lambda x: x + 1), list_filter([1], lambda y: y > 0)",
                "SELECT 1 UNION ALL SELECT 2 ORDER BY 1;")) {
            assertThat(fixture.query(sql)).as(sql).isNotEmpty();
        }
    }

    @Test
    void everyAllowedFunctionExistsSoThatAnUpgradeIsLookedAt() throws Exception {
        try (Analyst analyst = new Analyst()) {
            var missing = new TreeSet<>(Gate.allowedFunctions());
            missing.removeAll(analyst.functions());

            assertThat(missing).isEmpty();
        }
    }

    @Test
    void errorsTellTheirPlace() {
        assertThatThrownBy(() -> fixture.query("SELECT 'é', foo FROM events"))
                .isInstanceOfSatisfying(QueryException.class, e -> {
                    assertThat(e.reason()).isEqualTo(Reason.MEANING);
                    assertThat(e.offset()).isEqualTo(12);
                    assertThat(e.getMessage()).contains("foo");
                });
        assertThatThrownBy(() -> fixture.query("SELECT event FROM events\nWHERE type ="))
                .isInstanceOfSatisfying(
                        QueryException.class, e -> assertThat(e.reason()).isEqualTo(Reason.SYNTAX));
        assertThatThrownBy(() -> fixture.query("SELECT current_setting('x') FROM events"))
                .isInstanceOfSatisfying(QueryException.class, e -> {
                    assertThat(e.reason()).isEqualTo(Reason.REFUSED);
                    assertThat(e.offset()).isEqualTo(7);
                });
    }

    private static String filled(String sql) {
        return sql.replace("$FILE", secret.toString()).replace("$DATA", fixture.data.toString());
    }

    private static void assertAlive() throws IOException {
        assertThat(fixture.query("SELECT count(*) AS n FROM events")).isEqualTo("n\n1000\n");
        assertThat(Files.readString(secret)).isEqualTo("password\nhunter2\n");
    }
}
