package io.segmentdo.store.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.segmentdo.store.Keyspace;
import io.segmentdo.store.PostgresConfig;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Rows are looked up one by one whatever the database believes about a table, because its plans outlive that. */
class PlansTest {
    private final RealPostgres postgres = RealPostgres.shared();
    private final PostgresConfig config = postgres.config();
    private final Vertx vertx = Vertx.vertx();
    private final Database database = new Database(vertx, config, new StoreMeters(new SimpleMeterRegistry()));

    @BeforeEach
    void makeTables() {
        database.persist(
                () -> database.once(connection -> new Migrations(config.schema(), 4).run(connection)),
                Duration.ofSeconds(30));
    }

    @AfterEach
    void close() {
        database.close();
        vertx.close().await();
    }

    @Test
    void rowsAreLookedUpInTablesThatWereNeverLookedAt() {
        assertLookedUp();
    }

    @Test
    void rowsAreLookedUpInTablesThatWereEmptyWhenTheyWereLookedAt() throws Exception {
        for (Keyspace keyspace : Keyspace.values()) {
            postgres.sql("VACUUM ANALYZE " + nameOf(keyspace));
        }
        assertLookedUp();
    }

    @Test
    void rowsAreLookedUpInTablesThatHadOneRow() throws Exception {
        for (Keyspace keyspace : Keyspace.values()) {
            postgres.sql("INSERT INTO " + nameOf(keyspace) + " VALUES (1, 'key', 'value')");
            postgres.sql("VACUUM ANALYZE " + nameOf(keyspace));
        }
        assertLookedUp();
    }

    private String nameOf(Keyspace keyspace) {
        return config.schema() + "." + Fold.table(keyspace);
    }

    private void assertLookedUp() {
        for (Keyspace keyspace : Keyspace.values()) {
            for (Statement statement :
                    List.of(Fold.find(keyspace, List.of(), List.of()), Fold.delete(keyspace, List.of(), List.of()))) {
                assertThat(planOf(statement.sql()))
                        .as(statement.sql())
                        .containsPattern("Index Cond: .*partition = .*wanted\\.partition.*key = wanted\\.key")
                        .doesNotContain("Filter");
            }
        }
    }

    private String planOf(String statement) {
        return database.once(connection -> connection
                .query("EXPLAIN (GENERIC_PLAN) " + statement)
                .execute()
                .map(rows -> StreamSupport.stream(rows.spliterator(), false)
                        .map(row -> row.getString(0))
                        .collect(Collectors.joining("\n"))));
    }
}
