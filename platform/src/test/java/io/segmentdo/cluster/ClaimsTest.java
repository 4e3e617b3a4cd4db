package io.segmentdo.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.segmentdo.event.OutboxEntry;
import io.segmentdo.identity.EventLog;
import io.segmentdo.identity.IdentityConfig;
import io.segmentdo.identity.IdentityLane;
import io.segmentdo.identity.IdentityMeters;
import io.segmentdo.identity.IdentityRules;
import io.segmentdo.identity.Lanes;
import io.segmentdo.identity.LocalDirectory;
import io.segmentdo.identity.Place;
import io.segmentdo.identity.Seal;
import io.segmentdo.store.Changes;
import io.segmentdo.store.PostgresConfig;
import io.segmentdo.store.StoreConfig;
import io.segmentdo.store.postgres.PostgresPartitionStore;
import io.segmentdo.store.postgres.RealPostgres;
import io.segmentdo.telemetry.Discards;
import io.segmentdo.telemetry.DiscardsConfig;
import io.vertx.core.Vertx;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Two members with real lanes on one real database, and tables that say what the test wants. */
class ClaimsTest {
    private static final Set<Integer> ALL = Set.of(0, 1, 2, 3);

    private final RealPostgres postgres = RealPostgres.shared();
    private final PostgresConfig database = postgres.config();
    private final Map<Integer, Long> epochsInUse = new ConcurrentHashMap<>();
    private final List<Member> members = new ArrayList<>();

    @AfterEach
    void close() {
        members.forEach(Member::close);
    }

    @Test
    void partitionsMoveWhenTheTableSaysSoAndAreNeverInTwoHands() throws Exception {
        Member one = member(ALL);
        Member other = member(Set.of());
        assertThat(one.claims.held().keySet()).isEqualTo(ALL);
        assertThat(one.claims.isReady()).isTrue();
        Map<Integer, Long> before = one.claims.held();

        other.wants(Set.of(2, 3));
        assertThat(other.claims.held()).as("while the former owner lives").isEmpty();
        one.wants(Set.of(0, 1));

        await(() -> other.claims.held().keySet().equals(Set.of(2, 3)));
        assertThat(one.claims.held()).isEqualTo(Map.of(0, before.get(0), 1, before.get(1)));
        assertThat(other.claims.held().get(2)).isGreaterThan(before.get(2));
        await(() -> epochsInUse.keySet().equals(ALL));
        assertThat(one.overlaps.get() + other.overlaps.get()).isZero();
    }

    @Test
    void partitionsAreHandedOverOneAfterTheOther() throws Exception {
        Member one = member(ALL);
        Member other = member(Set.of());
        Map<Integer, Set<Integer>> stillHeld = new LinkedHashMap<>();
        one.claims.succeededBy((partition, sinceMillis) -> {
            stillHeld.put(partition, one.claims.held().keySet());
            return one.vertx.executeBlocking(() -> other.claims.offer(partition, sinceMillis));
        });

        other.wants(ALL);
        one.wants(Set.of());
        await(() -> other.claims.held().keySet().equals(ALL));

        assertThat(List.copyOf(stillHeld.entrySet()))
                .containsExactly(
                        Map.entry(0, Set.of(1, 2, 3)),
                        Map.entry(1, Set.of(2, 3)),
                        Map.entry(2, Set.of(3)),
                        Map.entry(3, Set.of()));
    }

    @Test
    void whoIsSilentForALeaseIsReplacedAndStepsDown() throws Exception {
        Member silent = member(ALL);
        Member other = member(Set.of());
        Map<Integer, Long> before = silent.claims.held();

        try (Connection connection = postgres.connect();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("SELECT FROM %1$s.member WHERE id = (SELECT owner FROM %1$s.ownership LIMIT 1) FOR UPDATE"
                    .formatted(database.schema())); // no heartbeat of the silent one gets in
            other.wants(ALL);
            await(() -> other.claims.held().keySet().equals(ALL));
            connection.rollback();
        }

        await(() -> silent.claims.held().isEmpty());
        assertThat(silent.disowned).isEqualTo(ALL);
        other.claims.held().forEach((partition, epoch) -> {
            assertThat(epoch).isGreaterThan(before.get(partition));
            assertThat(silent.store.owns(partition, before.get(partition))).isFalse();
            assertThat(other.store.owns(partition, epoch)).isTrue();
        });
    }

    @Test
    void whoLeavesIsFollowedAtOnce() throws Exception {
        Member leaving = member(ALL);
        Member other = member(ALL);
        assertThat(other.claims.missing()).isEqualTo(ALL.size());
        assertThat(other.claims.isReady()).as("who never had its partitions").isFalse();

        leaving.claims.close();

        assertThat(leaving.claims.held()).isEmpty();
        await(() -> other.claims.held().keySet().equals(ALL));
        assertThat(other.claims.isReady()).isTrue();
    }

    @Test
    void whoWasNeverToldWhatToOwnIsNotReady() {
        Member member = member(Set.of());
        member.isTold = false;
        assertThat(member.claims.missing()).isZero();
        assertThat(member.claims.isReady()).isFalse();

        member.wants(ALL);
        member.isTold = true;
        await(() -> member.claims.held().keySet().equals(ALL) && member.claims.isReady());
    }

    @Test
    void aLaneTellsWhoSendsWhatNoMemberSends() {
        Member member = member(ALL);

        assertThatThrownBy(() -> member.vertx
                        .eventBus()
                        .request(Member.PLACE.address(), "hello")
                        .await(30, TimeUnit.SECONDS))
                .hasMessageContaining("unauthorized");
        assertThat(member.claims.held().keySet()).isEqualTo(ALL);
    }

    private Member member(Set<Integer> wanted) {
        Member member = new Member(wanted);
        members.add(member);
        return member;
    }

    /** A member whose table is a field; as a follower it notes what it was shown. */
    private final class Member implements Follower, Wish {
        private static final Place PLACE = new LocalDirectory(1).places().getFirst();

        private final Vertx vertx = Vertx.vertx();
        private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
        private final PostgresPartitionStore store = PostgresPartitionStore.open(
                vertx, StoreConfig.DEFAULT.withPartitions(ALL.size()).on(database), meters);
        private final Set<Integer> disowned = ConcurrentHashMap.newKeySet();
        private final Lanes lanes;
        private final Claims claims;
        private volatile Set<Integer> wanted;
        private volatile boolean isTold = true;
        private final AtomicInteger overlaps = new AtomicInteger();

        Member(Set<Integer> wanted) {
            this.wanted = wanted;
            LocalDirectory directory = new LocalDirectory(2);
            Lanes.registerCodecs(vertx.eventBus(), Seal.NONE);
            this.lanes = new Lanes(
                    vertx,
                    directory.places(),
                    directory,
                    transport -> new IdentityLane(
                            store, new NoLog(), IdentityConfig.DEFAULT, workspace -> IdentityRules.DEFAULT, transport),
                    new IdentityMeters(
                            meters, new Discards(meters, DiscardsConfig.DEFAULT, InstantSource.system()), 2));
            lanes.start().await();
            this.claims = new Claims(store, lanes, this, Duration.ofMillis(50), meters);
            claims.follow(this);
            claims.start();
        }

        void wants(Set<Integer> now) {
            wanted = now;
            claims.kick();
        }

        @Override
        public Set<Integer> wanted() {
            return wanted;
        }

        @Override
        public boolean isKnown() {
            return isTold;
        }

        @Override
        public void own(int partition, long epoch) {
            if (epochsInUse.putIfAbsent(partition, epoch) != null) {
                overlaps.incrementAndGet();
            }
        }

        @Override
        public void disown(Set<Integer> partitions) {
            disowned.addAll(partitions);
            epochsInUse.keySet().removeAll(partitions);
        }

        void close() {
            claims.close();
            lanes.stop().await();
            store.close();
            vertx.close().await();
        }
    }

    private static final class NoLog implements EventLog {
        @Override
        public long open(int partition, long epoch) {
            return 0;
        }

        @Override
        public void close(int partition) {
            // nothing was open
        }

        @Override
        public void add(Changes changes, OutboxEntry entry) {
            throw new IllegalStateException("no event is sent");
        }

        @Override
        public void committed(int partition, long tail) {
            throw new IllegalStateException("no event is sent");
        }
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("still waiting").isLessThan(deadline);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
    }
}
