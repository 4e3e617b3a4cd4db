package io.segmentdo.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.segmentdo.config.ByteSize;
import io.segmentdo.event.Event;
import io.segmentdo.event.EventType;
import io.segmentdo.event.IdentifiedEvent;
import io.segmentdo.event.OutboxEntry;
import io.segmentdo.event.ProfileFact;
import io.segmentdo.event.Utf8Json;
import io.segmentdo.problem.PlatformException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OutboxTest {
    private static final int PARTITION = 1;
    private static final long ALL = Long.MAX_VALUE;

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private Instant now = Instant.ofEpochSecond(1_000_000);
    private InMemoryStore store = new InMemoryStore(2);
    private Outbox outbox = open(ByteSize.mebibytes(1), ByteSize.gibibytes(1));
    private long epoch = take();

    @ParameterizedTest
    @ValueSource(longs = {0, 1000, 1 << 20})
    void entriesAreReadInTheirOrderFromMemoryOrDisk(long recentBytes) {
        outbox = open(new ByteSize(recentBytes), ByteSize.gibibytes(1));
        epoch = take();
        outbox.follow().read(PARTITION, 1, 1, ALL);
        List<OutboxEntry> added = new ArrayList<>();
        for (int i = 1; i <= 200; i++) {
            added.add(i % 10 == 0 ? fact(i) : event(i, 50));
        }
        commit(added.subList(0, 150));
        commit(added.subList(150, 200));

        assertThat(outbox.read(PARTITION, 1, 1000, ALL)).isEqualTo(added);
        assertThat(outbox.read(PARTITION, 100, 5, ALL)).isEqualTo(added.subList(99, 104));
        assertThat(outbox.read(PARTITION, 199, 5, ALL)).isEqualTo(added.subList(198, 200));
        assertThat(outbox.read(PARTITION, 100, 5, 1)).isEqualTo(added.subList(99, 100));
        assertThat(outbox.read(PARTITION, 201, 5, ALL)).isEmpty();
        assertThat(outbox.read(0, 1, 5, ALL)).isEmpty();
    }

    @Test
    void whatIsNotCommittedIsNotRead() {
        commit(List.of(event(1, 10)));
        outbox.add(new Changes(PARTITION, epoch), event(2, 10));

        assertThat(outbox.read(PARTITION, 1, 10, ALL)).containsExactly(event(1, 10));
        assertThat(outbox.tail(PARTITION)).isEqualTo(1);
    }

    @Test
    void aFailedCommitLeavesNoTrace() {
        commit(List.of(event(1, 10)));
        Changes failed = new Changes(PARTITION, epoch);
        outbox.add(failed, event(2, 10));
        outbox.add(failed, event(3, 10));

        commit(List.of(event(2, 77)));

        assertThat(outbox.read(PARTITION, 1, 10, ALL)).containsExactly(event(1, 10), event(2, 77));
    }

    @ParameterizedTest
    @ValueSource(strings = {"BEFORE", "AFTER"})
    void aCommitWithAnUnknownOutcomeIsSeenOrForgottenWhenItsPartitionIsOpenedAgain(String fault) {
        commit(List.of(event(1, 10)));
        Changes unknown = new Changes(PARTITION, epoch);
        outbox.add(unknown, event(2, 10));
        store.fail(0, InMemoryStore.Fault.valueOf(fault));
        assertThatThrownBy(() -> store.commit(List.of(unknown))).isInstanceOf(PlatformException.class);

        epoch = take();

        assertThat(outbox.tail(PARTITION)).isEqualTo(fault.equals("AFTER") ? 2 : 1);
        OutboxEntry next = event(outbox.tail(PARTITION) + 1, 20);
        commit(List.of(next));
        assertThat(outbox.read(PARTITION, 1, 10, ALL)).endsWith(next).hasSize((int) outbox.tail(PARTITION));
    }

    @Test
    void positionsWithGapsAreABug() {
        assertThatThrownBy(() -> outbox.add(new Changes(PARTITION, epoch), event(2, 10)))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> outbox.committed(PARTITION, 1)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void bothEndsAreFoundAgainAfterARestart() {
        commit(List.of(event(1, 10), event(2, 10), event(3, 10)));
        outbox.cut(PARTITION, 2);
        long bytes = outbox.bytes();

        store = store.restart();
        outbox = open(ByteSize.mebibytes(1), ByteSize.gibibytes(1));

        assertThat(outbox.tail(PARTITION)).isEqualTo(3);
        assertThat(outbox.head(PARTITION)).isEqualTo(2);
        assertThat(outbox.bytes()).isEqualTo(bytes);
        assertThat(outbox.read(PARTITION, 1, 10, ALL)).containsExactly(event(2, 10), event(3, 10));
        assertThat(outbox.tail(0)).isZero();
        assertThat(outbox.head(0)).isEqualTo(1);
    }

    @Test
    void whatEverybodyHasReadLeavesTheMemory() {
        OutboxReader fast = outbox.follow();
        OutboxReader slow = outbox.follow();
        fast.read(PARTITION, 1, 10, ALL);
        slow.read(PARTITION, 1, 10, ALL);
        OutboxEntry entry = event(1, 10);
        commit(List.of(entry));

        assertThat(fast.read(PARTITION, 1, 10, ALL).getFirst()).isSameAs(entry);
        assertThat(slow.read(PARTITION, 1, 10, ALL).getFirst()).isSameAs(entry);
        assertThat(outbox.read(PARTITION, 1, 10, ALL).getFirst())
                .isEqualTo(entry)
                .isNotSameAs(entry);
    }

    @Test
    void whatNobodyWaitsForIsNotKeptInMemory() {
        OutboxReader left = outbox.follow();
        left.read(PARTITION, 1, 10, ALL);
        left.leave(PARTITION);
        OutboxReader closed = outbox.follow();
        closed.read(PARTITION, 1, 10, ALL);
        closed.close();
        OutboxEntry entry = event(1, 10);
        commit(List.of(entry));

        assertThat(outbox.read(PARTITION, 1, 10, ALL).getFirst())
                .isEqualTo(entry)
                .isNotSameAs(entry);
    }

    @Test
    void readersAreWokenAfterACommitUntilTheyLeave() throws Exception {
        List<Long> woken = new ArrayList<>();
        AutoCloseable subscription = outbox.subscribe((partition, tail) -> woken.add(partition * 100L + tail));
        commit(List.of(event(1, 10), event(2, 10)));
        subscription.close();
        commit(List.of(event(3, 10)));

        assertThat(woken).containsExactly(102L);
    }

    @Test
    void oldEntriesGoWhenEveryConsumerHasThem() {
        commit(List.of(event(1, 10), event(2, 10), event(3, 10)));
        now = now.plus(Duration.ofDays(5));
        commit(List.of(event(4, 10), event(5, 10)));
        now = now.plus(Duration.ofDays(5));

        outbox.retain(partition -> 2);
        assertThat(outbox.head(PARTITION)).isEqualTo(2);

        outbox.retain(partition -> Long.MAX_VALUE);
        assertThat(outbox.head(PARTITION)).isEqualTo(4);

        now = now.plus(Duration.ofDays(50));
        outbox.retain(partition -> Long.MAX_VALUE);
        assertThat(outbox.head(PARTITION)).isEqualTo(5);
        assertThat(outbox.read(PARTITION, 1, 10, ALL)).containsExactly(event(5, 10));
        assertThat(overtaken()).isZero();
    }

    @Test
    void aConsumerThatIsOvertakenByTheLimitIsReported() {
        outbox = open(new ByteSize(0), ByteSize.mebibytes(1));
        epoch = take();
        for (int i = 1; i <= 20; i++) {
            commit(List.of(event(i, 50_000)));
        }
        assertThat(outbox.bytes()).isGreaterThan(1_000_000);

        outbox.retain(partition -> 5);

        assertThat(outbox.bytes()).isLessThanOrEqualTo((1 << 20) / 2);
        long head = outbox.head(PARTITION);
        assertThat(head).isEqualTo(11);
        assertThat(overtaken()).isEqualTo(6);
        assertThat(outbox.read(PARTITION, 5, 1, ALL))
                .extracting(OutboxEntry::position)
                .containsExactly(head);
        outbox.retain(partition -> 5);
        assertThat(overtaken()).isEqualTo(6);
    }

    private long overtaken() {
        return (long) meters.get("segmentdo.outbox.overtaken").counter().count();
    }

    private Outbox open(ByteSize recent, ByteSize max) {
        return new Outbox(store, new OutboxConfig(Duration.ofDays(7), max, recent), meters, () -> now);
    }

    private long take() {
        long taken = store.open(PARTITION);
        outbox.open(PARTITION, taken);
        return taken;
    }

    private void commit(List<OutboxEntry> entries) {
        Changes changes = new Changes(PARTITION, epoch);
        entries.forEach(entry -> outbox.add(changes, entry));
        store.commit(List.of(changes));
        outbox.committed(PARTITION, entries.getLast().position());
    }

    private static IdentifiedEvent event(long position, int jsonBytes) {
        Event event = new Event(
                EventType.TRACK,
                "workspace",
                "site",
                "message-" + position,
                "user",
                null,
                null,
                null,
                1,
                2,
                Utf8Json.of("\"" + "x".repeat(jsonBytes) + "\""));
        return new IdentifiedEvent(PARTITION, position, "profile", event);
    }

    private static ProfileFact fact(long position) {
        return new ProfileFact(
                PARTITION,
                position,
                ProfileFact.Kind.UNMERGED,
                "workspace",
                "profile",
                "other",
                "cause",
                "unmerge",
                7,
                8,
                -1,
                9,
                Utf8Json.of("{}"));
    }
}
