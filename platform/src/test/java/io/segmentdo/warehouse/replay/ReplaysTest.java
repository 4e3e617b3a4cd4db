package io.segmentdo.warehouse.replay;

import static io.segmentdo.warehouse.query.WarehouseFixture.track;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.segmentdo.problem.PlatformException;
import io.segmentdo.problem.Problem;
import io.segmentdo.warehouse.query.SharedEngines;
import io.segmentdo.warehouse.query.WarehouseFixture;
import io.segmentdo.warehouse.replay.ReplayRecord.State;
import io.segmentdo.warehouse.table.WarehouseTable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Replays out of real tables into a target that remembers. */
class ReplaysTest {
    private static final Instant START = Instant.parse("2026-03-01T00:00:00Z");

    /** What was handed over, and what the test says against it. */
    private static final class Target implements ReplayTarget {
        private final List<String> ids = new CopyOnWriteArrayList<>();
        private final List<Past> events = new CopyOnWriteArrayList<>();
        private final List<Long> firsts = new CopyOnWriteArrayList<>();
        private volatile boolean down;
        private volatile long waiting;

        @Override
        public boolean knows(String destination) {
            return destination.equals("shop/crm");
        }

        @Override
        public long hand(String destination, long replay, long first, List<Past> handed) {
            if (down) {
                throw new PlatformException(Problem.OVERLOADED, "crm is down");
            }
            firsts.add(first);
            events.addAll(handed);
            handed.forEach(past -> ids.add(past.event().messageId()));
            return waiting;
        }

        @Override
        public long waiting(String destination) {
            return waiting;
        }
    }

    @RegisterExtension
    static final SharedEngines ENGINES = new SharedEngines();

    @TempDir
    Path directory;

    private final Target target = new Target();
    private WarehouseFixture warehouse;

    @BeforeEach
    void open() throws IOException {
        warehouse = new WarehouseFixture(directory, ENGINES);
        List<Map<String, Object>> rows = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            rows.add(track(
                    String.format("m%02d", i),
                    i % 3 == 0 ? "Order Completed" : "Product Viewed",
                    START.plus(Duration.ofHours(i / 2)), // two at each time
                    Map.of("properties", "{\"n\":" + i + "}")));
        }
        warehouse.append(WarehouseTable.EVENTS, rows);
    }

    @AfterEach
    void close() {
        warehouse.close();
    }

    @Test
    void aDryRunCountsAndDeliversNothing() {
        try (Replays replays = replays()) {
            assertThat(replays.count(wish("event = 'Order Completed'", 100))).isEqualTo(10);
            assertThat(replays.count(wish("", 100))).isEqualTo(30);
            assertThat(target.ids).isEmpty();
        }
    }

    @Test
    void eventsComeInTheOrderOfTheirTimesAsTheyWere() throws IOException {
        warehouse.append(
                WarehouseTable.EVENTS,
                List.of(track(
                        "n-last",
                        "Signed Up",
                        START.plus(Duration.ofDays(3)),
                        Map.of(
                                "anonymous_id", "a1",
                                "context", "{\"ip\":\"1.2.3.4\"}",
                                "integrations", "{\"All\":true}",
                                "extra", "{\"version\":2,\"custom\":[1]}",
                                "original_timestamp", START,
                                "sent_at", START.plusNanos(1000)))));
        try (Replays replays = replays()) {
            long number = replays.begin(wish("", 7)); // pages of seven
            await(() -> state(replays, number) == State.DONE);

            assertThat(target.ids).hasSize(31).isSorted().doesNotHaveDuplicates();
            assertThat(target.firsts).startsWith(0L, 7L, 14L);
            ReplayTarget.Past last = target.events.getLast();
            assertThat(last.profileId()).isEqualTo("p1");
            assertThat(new ObjectMapper().readTree(last.event().json().bytes()))
                    .isEqualTo(new ObjectMapper().readTree("""
                            {"type": "track", "messageId": "n-last", "event": "Signed Up", "userId": "u1",
                             "anonymousId": "a1", "timestamp": "2026-03-04T00:00:00.000Z",
                             "receivedAt": "2026-03-04T00:00:00.000Z", "originalTimestamp": "2026-03-01T00:00:00.000Z",
                             "sentAt": "2026-03-01T00:00:00.000001Z", "properties": {},
                             "context": {"ip": "1.2.3.4"}, "integrations": {"All": true}, "version": 2, "custom": [1]}"""));
            assertThat(last.event().timestampMillis())
                    .isEqualTo(START.plus(Duration.ofDays(3)).toEpochMilli());
            assertThat(replays.find(number).orElseThrow().total()).isEqualTo(31);
        }
    }

    @Test
    void aTargetThatIsDownOrFullIsWaitedFor() {
        target.down = true;
        try (Replays replays = replays()) {
            long number = replays.begin(wish("event = 'Order Completed'", 1000));
            await(() -> "crm is down".equals(replays.find(number).orElseThrow().trouble()));
            target.waiting = 1_000_000;
            target.down = false;
            assertThat(target.ids).isEmpty();

            target.waiting = 0;
            await(() -> state(replays, number) == State.DONE);

            assertThat(target.ids).hasSize(10);
        }
    }

    @Test
    void afterARestartItGoesOnWhereItWas() {
        long number;
        try (Replays first = replays()) {
            number = first.begin(wish("", 4));
            await(() -> target.ids.size() >= 8);
        }
        try (Replays second = replays()) {
            assertThat(second.find(number).orElseThrow().done()).isBetween(4L, 30L);
            second.start();
            await(() -> state(second, number) == State.DONE);

            assertThat(target.ids.stream().distinct().toList()).hasSize(30);
            assertThat(target.ids).hasSizeLessThanOrEqualTo(34); // one page at most comes twice
        }
    }

    @Test
    void aCancelledOneEndsAndStaysEnded() {
        try (Replays replays = replays()) {
            long number = replays.begin(wish("", 1));
            await(() -> !target.ids.isEmpty());

            assertThat(replays.cancel(number)).isTrue();

            assertThat(state(replays, number)).isEqualTo(State.CANCELLED);
            assertThat(replays.cancel(number)).isFalse();
        }
        try (Replays again = replays()) {
            again.start();
            assertThat(again.all()).allMatch(ReplayRecord::hasEnded);
        }
        assertThat(target.ids).hasSizeLessThan(30);
    }

    @Test
    void whatCannotBeAskedForIsRefusedBeforeAnythingHappens() {
        try (Replays replays = replays()) {
            assertThatThrownBy(() -> replays.begin(wish("nothing = 1", 1))).hasMessageContaining("nothing");
            assertThatThrownBy(() -> replays.begin(wish("1 = 1) OR (SELECT true FROM read_csv('/etc/passwd')", 1)))
                    .isInstanceOf(PlatformException.class);
            assertThatThrownBy(() -> replays.begin(new Replays.Wish("shop", "shop/none", "", 0, 1, 1)))
                    .hasMessage("there is no destination shop/none");
            assertThat(replays.all()).isEmpty();
        }
    }

    private Replays replays() {
        return new Replays(
                ReplayConfig.DEFAULT,
                ENGINES.get(),
                warehouse.reader,
                target,
                directory.resolve("replays"),
                Clock.systemUTC());
    }

    private static Replays.Wish wish(String where, int rate) {
        long from = START.toEpochMilli() * 1000;
        return new Replays.Wish(
                "shop", "shop/crm", where, from, from + Duration.ofDays(30).toMillis() * 1000, rate);
    }

    private static State state(Replays replays, long number) {
        return replays.find(number).orElseThrow().state();
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("deadline").isLessThan(deadline);
            try {
                Thread.sleep(5);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }
}
