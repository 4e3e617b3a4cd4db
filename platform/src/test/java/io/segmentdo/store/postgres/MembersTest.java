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
import io.segmentdo.store.StaleEpochException;
import io.segmentdo.store.StoreConfig;
import io.vertx.core.Vertx;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Several members share one database. */
class MembersTest {
    private static final long DEADLINE_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final RealPostgres postgres = RealPostgres.shared();
    private final PostgresConfig database = postgres.config();
    private final Vertx vertx = Vertx.vertx();
    private final List<PartitionStore> members = new ArrayList<>();

    @AfterEach
    void close() {
        members.forEach(PartitionStore::close);
        vertx.close().await();
    }

    @Test
    void membersThatStartAtOnceFindTheTablesMadeOnce() throws Exception {
        List<PartitionStore> started = new ArrayList<>();
        try (ExecutorService starting = Executors.newFixedThreadPool(3)) {
            List<Future<PartitionStore>> stores = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                stores.add(starting.submit(() -> join(8)));
            }
            for (Future<PartitionStore> store : stores) {
                started.add(store.get(60, TimeUnit.SECONDS));
            }
        }

        assertThat(started.get(0).tryOpen(List.of(0, 1, 2))).hasSize(3);
        assertThat(started.get(1).tryOpen(List.of(2, 3, 4))).containsOnlyKeys(3, 4);
        assertThat(started.get(2).tryOpen(List.of(0, 4, 7))).containsOnlyKeys(7);
        assertThat(postgres.sql("SELECT count(*) FROM " + database.schema() + ".migration"))
                .isEqualTo("1");
    }

    @Test
    void aPartitionOfALivingMemberIsNotGrantedUntilItIsReleased() {
        PartitionStore one = join(8);
        PartitionStore other = join(8);
        long epoch = one.open(3);

        assertThat(other.tryOpen(List.of(3))).isEmpty();
        assertThatThrownBy(() -> other.open(3))
                .isInstanceOfSatisfying(
                        PlatformException.class, e -> assertThat(e.problem()).isEqualTo(Problem.NOT_OWNER));
        commit(one, epoch);
        one.release(Map.of(3, epoch));

        assertThat(other.open(3)).isGreaterThan(epoch);
        assertThatThrownBy(() -> commit(one, epoch)).isInstanceOf(StaleEpochException.class);
        assertThat(one.tryOpen(List.of(3))).isEmpty();
    }

    @Test
    void whoLeavesLeavesEverythingAtOnce() {
        PartitionStore one = join(8);
        PartitionStore other = join(8);
        one.tryOpen(List.of(0, 1, 2, 3));

        one.close();

        assertThat(other.tryOpen(List.of(0, 1, 2, 3))).hasSize(4);
    }

    @Test
    void whoIsSilentForALeaseLosesItsPartitionsAndLearnsOfIt() throws Exception {
        PartitionStore silent = join(8);
        PartitionStore other = join(8);
        long epoch = silent.open(3);
        commit(silent, epoch);
        long taken;

        try (Connection connection = postgres.connect();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("LOCK TABLE " + database.schema() + ".member IN EXCLUSIVE MODE"); // no heartbeat gets in
            assertThat(other.tryOpen(List.of(3))).isEmpty();
            await(() -> !other.tryOpen(List.of(3)).isEmpty());
            assertThat(silent.isAlive()).as("by its own clock").isFalse();
            connection.rollback();
            taken = Long.parseLong(
                    postgres.sql("SELECT epoch FROM " + database.schema() + ".ownership WHERE partition = 3"));
        }

        assertThat(taken).isGreaterThan(epoch);
        await(() -> !silent.owns(3, epoch));
        await(silent::isAlive);
        assertThatThrownBy(() -> commit(silent, epoch)).isInstanceOf(StaleEpochException.class);
        assertThat(other.owns(3, taken)).isTrue();
        commit(other, taken);
    }

    @Test
    void nobodyTakesAPartitionInTheMiddleOfACommit() throws Exception {
        PartitionStore one = join(8);
        PartitionStore other = join(8);
        long epoch = one.open(3);
        try (Connection writing = postgres.connect();
                Statement statement = writing.createStatement();
                ExecutorService takers = Executors.newSingleThreadExecutor()) {
            writing.setAutoCommit(false);
            statement.execute(
                    "SELECT FROM " + database.schema() + ".ownership WHERE partition = 3 FOR SHARE"); // like a commit
            postgres.sql("UPDATE " + database.schema() + ".ownership SET owner = 'dead' WHERE partition = 4");
            Future<Map<Integer, Long>> taken = takers.submit(() -> one.tryOpen(List.of(3)));
            await(() -> isWaiting("ownership"));

            assertThat(taken.isDone()).isFalse();
            assertThat(other.tryOpen(List.of(4))).containsOnlyKeys(4); // nobody waits for what is in use elsewhere
            writing.commit();

            assertThat(taken.get(30, TimeUnit.SECONDS).get(3)).isGreaterThan(epoch);
        }
    }

    @Test
    void anotherNumberOfPartitionsIsRefusedByName() {
        join(8);

        assertThatThrownBy(() -> join(9))
                .isInstanceOfSatisfying(
                        PlatformException.class, e -> assertThat(e.problem()).isEqualTo(Problem.INVALID_CONFIG))
                .hasMessageContaining("store.partitions: 9")
                .hasMessageContaining("expected: 8");
    }

    @Test
    void tablesOfANewerProgramAreNotTouched() throws Exception {
        join(8).close();
        postgres.sql("INSERT INTO " + database.schema() + ".migration VALUES (99, 'later')");

        assertThatThrownBy(() -> join(8))
                .isInstanceOfSatisfying(
                        PlatformException.class, e -> assertThat(e.problem()).isEqualTo(Problem.INVALID_CONFIG))
                .hasMessageContaining("version 99");
    }

    @Test
    void aDatabaseThatDoesNotExistIsToldAtOnce() {
        PostgresConfig missing = RealPostgres.named(database, "nowhere");

        assertThatThrownBy(() -> PostgresPartitionStore.open(
                        vertx, StoreConfig.DEFAULT.withPartitions(8).on(missing), new SimpleMeterRegistry()))
                .isInstanceOf(PlatformException.class)
                .hasMessageContaining("nowhere");
    }

    private PartitionStore join(int partitions) {
        PartitionStore store = PostgresPartitionStore.open(
                vertx, StoreConfig.DEFAULT.withPartitions(partitions).on(database), new SimpleMeterRegistry());
        synchronized (members) {
            members.add(store);
        }
        return store;
    }

    private static void commit(PartitionStore store, long epoch) {
        Changes changes = new Changes(3, epoch);
        changes.put(Keyspace.ACTOR, "a".getBytes(UTF_8), "1".getBytes(UTF_8));
        store.commit(List.of(changes));
    }

    private boolean isWaiting(String table) {
        try {
            return !postgres.sql(
                            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%"
                                    + table + "%' AND application_name = 'segmentdo'")
                    .equals("0");
        } catch (java.sql.SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + DEADLINE_NANOS;
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("deadline").isLessThan(deadline);
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }
}
