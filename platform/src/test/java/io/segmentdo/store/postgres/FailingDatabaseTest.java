package io.segmentdo.store.postgres;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.segmentdo.problem.PlatformException;
import io.segmentdo.problem.Problem;
import io.segmentdo.store.Changes;
import io.segmentdo.store.Keyspace;
import io.segmentdo.store.PartitionStore;
import io.segmentdo.store.PostgresConfig;
import io.segmentdo.store.StoreConfig;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Connections break and the database refuses; every commit is carried out once, or said to have failed. */
class FailingDatabaseTest {
    private static final int PARTITIONS = 4;

    private final RealPostgres postgres = RealPostgres.shared();
    private final PostgresConfig database = postgres.config();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final Vertx vertx = Vertx.vertx();
    private final List<AutoCloseable> opened = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : opened.reversed()) {
            one.close();
        }
        vertx.close().await();
    }

    @Test
    void aCommitIsCarriedOutOnceWhereverItsConnectionBreaks() throws Exception {
        CuttingProxy proxy = new CuttingProxy(database.port());
        opened.add(proxy);
        PartitionStore store =
                open(RealPostgres.at(database, proxy.port(), Duration.ofMinutes(1), Duration.ofSeconds(30)));
        noteApplied();
        long epoch = store.open(0);
        int commits = 0;

        for (int chunk = 0; chunk < 12; chunk++) {
            for (boolean afterDelivery : new boolean[] {false, true}) {
                proxy.cutAt(chunk, afterDelivery);
                store.commit(List.of(changes(0, epoch, commits++)));
                proxy.cutAt(-1, false);
            }
        }

        assertThat(proxy.cuts()).isGreaterThan(8);
        assertThat(meters.counter("segmentdo.store.retries").count()).isPositive();
        assertThat(keys(store, 0)).hasSize(commits);
        assertThat(postgres.sql("SELECT count(*) FROM " + database.schema() + ".applied"))
                .isEqualTo("" + commits);
    }

    @Test
    void lanesGoOnWhileConnectionsAreBrokenUnderThem() throws Exception {
        PartitionStore store = open(database);
        noteApplied();
        int commits = 60;
        try (ExecutorService lanes = Executors.newFixedThreadPool(PARTITIONS)) {
            List<Future<Void>> done = new ArrayList<>();
            for (int partition = 0; partition < PARTITIONS; partition++) {
                int mine = partition;
                done.add(lanes.submit(() -> {
                    long epoch = store.open(mine);
                    for (int number = 0; number < commits; number++) {
                        store.commit(List.of(changes(mine, epoch, number)));
                    }
                    return null;
                }));
            }
            for (int broken = 0; broken < 8 && !done.stream().allMatch(Future::isDone); broken++) {
                postgres.breakConnections();
                TimeUnit.MILLISECONDS.sleep(50);
            }
            for (Future<Void> one : done) {
                one.get();
            }
        }

        for (int partition = 0; partition < PARTITIONS; partition++) {
            assertThat(keys(store, partition)).hasSize(commits);
        }
        assertThat(postgres.sql("SELECT count(*) FROM " + database.schema() + ".applied"))
                .isEqualTo("" + PARTITIONS * commits);
    }

    @Test
    void onlyADurableCommitWaitsForTheDisk() throws Exception {
        PartitionStore store = open(database);
        noteApplied();
        long epoch = store.open(0);

        store.commit(List.of(changes(0, epoch, 1)));
        store.commitRelaxed(List.of(changes(0, epoch, 2)));

        String applied = "SELECT string_agg(mode, ',' ORDER BY key) FROM " + database.schema() + ".applied";
        assertThat(postgres.sql(applied)).isEqualTo("on,off");
    }

    @Test
    void whatTheDatabaseRefusesFailsAloneAndChangesNothing() throws Exception {
        PartitionStore store = open(database);
        postgres.sql("ALTER TABLE " + database.schema() + ".actor ADD CHECK (value <> 'forbidden')");
        long epoch = store.open(0);
        Changes bad = changes(0, epoch, 1);
        bad.put(Keyspace.ACTOR, key("bad"), key("forbidden"));
        bad.put(Keyspace.OUTBOX, key("bad"), key("1"));

        try (ExecutorService others = Executors.newSingleThreadExecutor()) {
            Future<?> good = others.submit(() -> store.commit(List.of(changes(1, store.open(1), 2))));
            assertThatThrownBy(() -> store.commit(List.of(bad)))
                    .isInstanceOfSatisfying(
                            PlatformException.class,
                            e -> assertThat(e.problem()).isEqualTo(Problem.STORAGE_FAILED))
                    .hasMessageContaining("refused");
            good.get(30, TimeUnit.SECONDS);
        }

        assertThat(keys(store, 0)).isEmpty();
        assertThat(store.last(0, Keyspace.OUTBOX)).isNull();
        assertThat(keys(store, 1)).hasSize(1);
    }

    @Test
    void aDatabaseThatStaysAwayIsToldOfAfterThePatienceAndIsUsedAgainWhenItIsBack() throws Exception {
        CuttingProxy proxy = new CuttingProxy(database.port());
        opened.add(proxy);
        PartitionStore store =
                open(RealPostgres.at(database, proxy.port(), Duration.ofMinutes(1), Duration.ofMillis(200)));
        long epoch = store.open(0);
        proxy.goAway(true);

        assertThatThrownBy(() -> store.commit(List.of(changes(0, epoch, 1)))).hasMessageContaining("is away");
        assertThatThrownBy(() -> store.read(0, Keyspace.ACTOR, key("1"))).hasMessageContaining("is away");
        assertThat(((PostgresPartitionStore) store).awayBecause()).isPresent();
        proxy.goAway(false);
        store.commit(List.of(changes(0, epoch, 2)));

        assertThat(keys(store, 0)).contains("2");
        assertThat(((PostgresPartitionStore) store).awayBecause()).isEmpty();
    }

    private PartitionStore open(PostgresConfig config) {
        PartitionStore store = PostgresPartitionStore.open(
                vertx, StoreConfig.DEFAULT.withPartitions(PARTITIONS).on(config), meters);
        opened.add(store);
        return store;
    }

    /** Lets the database write down each change of an actor's row that it carries out, also a repeated one. */
    private void noteApplied() throws Exception {
        postgres.sql("""
                SET search_path = %s;
                CREATE TABLE applied (key bytea, mode text);
                CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql SET search_path = %1$s AS
                  'BEGIN INSERT INTO applied VALUES (NEW.key, current_setting(''synchronous_commit'')); RETURN NULL; END';
                CREATE TRIGGER note AFTER INSERT OR UPDATE ON actor FOR EACH ROW EXECUTE FUNCTION note();
                """.formatted(database.schema()));
    }

    private static Changes changes(int partition, long epoch, int number) {
        Changes changes = new Changes(partition, epoch);
        changes.put(Keyspace.ACTOR, key("" + number), key("1"));
        changes.deleteRange(Keyspace.DEDUPE, key("a"), key("b"));
        changes.put(Keyspace.DEDUPE, key("c"), new byte[0]);
        changes.delete(Keyspace.RETRY, key("" + number));
        return changes;
    }

    private static List<String> keys(PartitionStore store, int partition) {
        return store.scan(partition, Keyspace.ACTOR, new byte[0], new byte[] {-1}, 1000).stream()
                .map(entry -> new String(entry.key(), UTF_8))
                .toList();
    }

    private static byte[] key(String text) {
        return text.getBytes(UTF_8);
    }
}
