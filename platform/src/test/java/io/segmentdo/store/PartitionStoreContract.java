package io.segmentdo.store;

import static io.segmentdo.store.Keyspace.ACTOR;
import static io.segmentdo.store.Keyspace.DEDUPE;
import static io.segmentdo.store.Keyspace.OUTBOX;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.segmentdo.problem.PlatformException;
import io.segmentdo.problem.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every engine behind {@link PartitionStore} has to do. A subclass says how one is opened again over its data. */
public abstract class PartitionStoreContract {
    private static final int PARTITIONS = 300;

    protected PartitionStore store;

    /** Opens the engine over the test's data, which is empty at first. */
    protected abstract PartitionStore open(int partitions);

    /** Ends the engine and opens it over the same data. */
    protected abstract PartitionStore reopen(PartitionStore store);

    @BeforeEach
    void openStore() {
        store = open(PARTITIONS);
    }

    @AfterEach
    void closeStore() {
        store.close();
    }

    @Test
    void whatWasCommittedIsRead() {
        Changes changes = changesOf(3);
        changes.put(ACTOR, key("a"), key("1"));
        changes.put(DEDUPE, key("a"), key("2"));

        store.commit(List.of(changes));

        assertThat(read(3, ACTOR, "a")).isEqualTo("1");
        assertThat(read(3, DEDUPE, "a")).isEqualTo("2");
        assertThat(read(3, ACTOR, "b")).isNull();
        assertThat(read(3, OUTBOX, "a")).isNull();
        assertThat(read(2, ACTOR, "a")).isNull();
        assertThat(store.partitions()).isEqualTo(PARTITIONS);
    }

    @Test
    void severalKeysAreReadInTheirOrder() {
        Changes changes = changesOf(0);
        changes.put(ACTOR, key("a"), key("1"));
        changes.put(ACTOR, key("c"), key("3"));
        store.commit(List.of(changes));

        List<byte[]> values = store.readAll(0, ACTOR, List.of(key("c"), key("b"), key("a"), key("c")));

        assertThat(values).containsExactly(key("3"), null, key("1"), key("3"));
        assertThat(store.readAll(0, ACTOR, List.of())).isEmpty();
    }

    @Test
    void keysOfSeveralPartitionsAreReadInTheirOrder() {
        Changes first = changesOf(0);
        first.put(ACTOR, key("a"), key("1"));
        Changes second = changesOf(1);
        second.put(ACTOR, key("a"), key("2"));
        second.put(ACTOR, key("b"), key("3"));
        store.commit(List.of(first, second));

        List<byte[]> values = store.readAll(
                ACTOR,
                List.of(
                        new PartitionStore.Location(1, key("b")),
                        new PartitionStore.Location(0, key("a")),
                        new PartitionStore.Location(0, key("b")),
                        new PartitionStore.Location(1, key("a"))));

        assertThat(values).containsExactly(key("3"), key("1"), null, key("2"));
        assertThat(store.readAll(ACTOR, List.of())).isEmpty();
    }

    @Test
    void eachOfSeveralPartitionsIsReadInTheirOrder() {
        store.commit(IntStream.range(0, 9)
                .mapToObj(partition -> {
                    Changes changes = changesOf(partition);
                    changes.put(ACTOR, key("a"), key("of " + partition));
                    return changes;
                })
                .toList());

        assertThat(store.each(List.of(7, 3, 8, 0), partition -> read(partition, ACTOR, "a")))
                .containsExactly("of 7", "of 3", "of 8", "of 0");
        assertThat(store.each(List.of(), partition -> partition)).isEmpty();
        assertThatThrownBy(() -> store.each(List.of(1, 2), partition -> {
                    throw new PlatformException(Problem.OVERLOADED, "not now");
                }))
                .isInstanceOfSatisfying(
                        PlatformException.class,
                        failed -> assertThat(failed.problem()).isEqualTo(Problem.OVERLOADED));
    }

    @Test
    void aRehearsalChangesNothing() {
        Changes changes = changesOf(0);
        changes.put(ACTOR, key("a"), key("1"));
        store.commit(List.of(changes));

        store.rehearse();

        assertThat(read(0, ACTOR, "a")).isEqualTo("1");
        assertThat(store.owns(0, changes.epoch())).isTrue();
        changes.put(ACTOR, key("b"), key("2"));
        store.commit(List.of(changes));
        assertThat(read(0, ACTOR, "b")).isEqualTo("2");
    }

    @Test
    void aLaterChangeOfAKeyWins() {
        Changes changes = changesOf(0);
        changes.put(ACTOR, key("a"), key("1"));
        changes.put(ACTOR, key("a"), key("2"));
        changes.put(ACTOR, key("b"), key("1"));
        changes.delete(ACTOR, key("b"));
        changes.delete(ACTOR, key("c"));
        changes.put(ACTOR, key("c"), key("1"));
        changes.put(ACTOR, key("d"), key("1"));
        changes.deleteRange(ACTOR, key("d"), key("f"));
        changes.put(ACTOR, key("e"), key("1"));

        store.commit(List.of(changes));

        assertThat(keys(0, ACTOR)).containsExactly("a", "c", "e");
        assertThat(read(0, ACTOR, "a")).isEqualTo("2");
    }

    @Test
    void severalChangesOfOnePartitionApplyInTheirOrder() {
        long epoch = store.open(0);
        Changes first = new Changes(0, epoch);
        first.put(ACTOR, key("a"), key("1"));
        Changes second = new Changes(0, epoch);
        second.put(ACTOR, key("a"), key("2"));

        store.commit(List.of(first, second));

        assertThat(read(0, ACTOR, "a")).isEqualTo("2");
    }

    @Test
    void keysAreOrderedAsUnsignedBytes() {
        Changes changes = changesOf(255);
        for (int i = 255; i >= 0; i--) {
            changes.put(ACTOR, new byte[] {(byte) i}, new byte[] {(byte) i});
        }
        changes.put(ACTOR, new byte[] {(byte) 0x80, 0}, new byte[0]);
        store.commit(List.of(changes));

        List<PartitionStore.Entry> range =
                store.scan(255, ACTOR, new byte[] {0x7f}, new byte[] {(byte) 0x82}, Integer.MAX_VALUE);

        assertThat(range.stream().map(PartitionStore.Entry::key))
                .containsExactly(new byte[] {0x7f}, new byte[] {(byte) 0x80}, new byte[] {(byte) 0x80, 0}, new byte[] {
                    (byte) 0x81
                });
        assertThat(range.getFirst().value()).containsExactly(0x7f);
        assertThat(store.last(255, ACTOR).key()).containsExactly(0xff);
    }

    @Test
    void aScanEndsAtItsLimitAndItsPartition() {
        for (int partition : List.of(6, 7, 8)) {
            Changes changes = changesOf(partition);
            for (String key : List.of("a", "b", "c", "d")) {
                changes.put(ACTOR, key(key), key(key + partition));
            }
            store.commit(List.of(changes));
        }

        assertThat(store.scan(7, ACTOR, key("b"), key("zz"), 2).stream().map(e -> text(e.value())))
                .containsExactly("b7", "c7");
        assertThat(store.scan(7, ACTOR, new byte[0], new byte[] {-1, -1, -1, -1}, 100))
                .hasSize(4);
        assertThat(store.scan(7, ACTOR, key("b"), key("b"), 100)).isEmpty();
        assertThat(store.scan(7, ACTOR, key("c"), key("a"), 100)).isEmpty();
        assertThat(store.scan(7, ACTOR, key("a"), key("c"), 0)).isEmpty();
    }

    @Test
    void theLastEntryIsThatOfThePartitionAlone() {
        Changes below = changesOf(1);
        below.put(OUTBOX, key("x"), key("1"));
        Changes above = changesOf(3);
        above.put(OUTBOX, key("z"), key("3"));
        store.commit(List.of(below, above));

        assertThat(store.last(2, OUTBOX)).isNull();
        assertThat(text(store.last(1, OUTBOX).key())).isEqualTo("x");
        assertThat(text(store.last(3, OUTBOX).value())).isEqualTo("3");
    }

    @Test
    void aRangeIsDeletedFromItsFirstKeyUpToItsEnd() {
        Changes changes = changesOf(0);
        Changes neighbour = changesOf(1);
        for (String key : List.of("a", "b", "c", "d")) {
            changes.put(OUTBOX, key(key), key("1"));
            neighbour.put(OUTBOX, key(key), key("1"));
        }
        store.commit(List.of(changes, neighbour));

        Changes cut = changesOf(0);
        cut.deleteRange(OUTBOX, key("b"), key("d"));
        cut.deleteRange(OUTBOX, key("d"), key("d"));
        store.commit(List.of(cut));

        assertThat(keys(0, OUTBOX)).containsExactly("a", "d");
        assertThat(keys(1, OUTBOX)).containsExactly("a", "b", "c", "d");
    }

    @Test
    void emptyKeysAndEmptyValuesAreKept() {
        Changes changes = changesOf(9);
        changes.put(ACTOR, new byte[0], key("root"));
        changes.put(ACTOR, key("none"), new byte[0]);
        store.commit(List.of(changes));

        assertThat(store.read(9, ACTOR, new byte[0])).isEqualTo(key("root"));
        assertThat(store.read(9, ACTOR, key("none"))).isEmpty();
    }

    @Test
    void longKeysAreKeptWholeAndInOrder() {
        String head = "k".repeat(3000);
        List<String> sorted = List.of(
                "k",
                head.substring(0, 1900),
                head.substring(0, 1947),
                head.substring(0, 1948),
                head.substring(0, 1949),
                head,
                head + "a1",
                head + "a2",
                head + "b",
                "z");
        Changes changes = changesOf(0);
        sorted.reversed().forEach(key -> changes.put(ACTOR, key(key), key("=" + key)));
        store.commit(List.of(changes));

        List<String> paged = new ArrayList<>();
        byte[] from = new byte[0];
        for (List<PartitionStore.Entry> page = store.scan(0, ACTOR, from, new byte[] {-1}, 3);
                !page.isEmpty();
                page = store.scan(0, ACTOR, from, new byte[] {-1}, 3)) {
            page.forEach(entry -> paged.add(text(entry.key())));
            from = key(paged.getLast() + "\0");
        }

        assertThat(paged).isEqualTo(sorted);
        sorted.forEach(key -> assertThat(read(0, ACTOR, key)).isEqualTo("=" + key));
        assertThat(store.scan(0, ACTOR, key(head + "a"), key(head + "b"), 9).stream()
                        .map(e -> text(e.key())))
                .containsExactly(head + "a1", head + "a2");
        Changes cut = changesOf(0);
        cut.delete(ACTOR, key("z"));
        cut.delete(ACTOR, key(head + "a1"));
        store.commit(List.of(cut));
        assertThat(read(0, ACTOR, head + "a1")).isNull();
        assertThat(text(store.last(0, ACTOR).key())).isEqualTo(head + "b");
    }

    @Test
    void bigValuesComeBackWhole() {
        byte[] value = new byte[3 << 20];
        new Random(1).nextBytes(value);
        Changes changes = changesOf(0);
        changes.put(OUTBOX, key("big"), value);
        changes.put(ACTOR, key("big"), value);
        store.commit(List.of(changes));

        store = reopen(store);

        assertThat(store.read(0, OUTBOX, key("big"))).isEqualTo(value);
        assertThat(store.read(0, ACTOR, key("big"))).isEqualTo(value);
    }

    @Test
    void openingRaisesTheEpochAndFencesTheFormerOwner() {
        Changes late = changesOf(5);
        late.put(ACTOR, key("a"), key("late"));

        long epoch = store.open(5);

        assertThat(epoch).isGreaterThan(late.epoch());
        assertThatThrownBy(() -> store.commit(List.of(late)))
                .isInstanceOfSatisfying(
                        StaleEpochException.class,
                        e -> assertThat(e.partition()).isEqualTo(5));
        assertThatThrownBy(() -> store.commitRelaxed(List.of(late))).isInstanceOf(StaleEpochException.class);
        assertThat(read(5, ACTOR, "a")).isNull();
    }

    @Test
    void severalPartitionsAreOpenedAtOnce() {
        long before = store.open(5);

        Map<Integer, Long> epochs = store.tryOpen(List.of(7, 5, 6));

        assertThat(epochs).containsOnlyKeys(5, 6, 7);
        assertThat(epochs.get(5)).isGreaterThan(before);
        epochs.forEach(
                (partition, epoch) -> assertThat(store.owns(partition, epoch)).isTrue());
        assertThat(store.tryOpen(List.of())).isEmpty();
    }

    @Test
    void whatWasReleasedTakesNoMoreCommitsAndCanBeOpenedAtOnce() {
        Changes late = changesOf(5);
        late.put(ACTOR, key("a"), key("late"));
        long epoch = late.epoch();

        store.release(Map.of(5, epoch));

        assertThat(store.owns(5, epoch)).isFalse();
        assertThatThrownBy(() -> store.commit(List.of(late))).isInstanceOf(StaleEpochException.class);
        assertThat(store.open(5)).isGreaterThan(epoch);
        assertThat(read(5, ACTOR, "a")).isNull();
    }

    @Test
    void aFormerOwnerDoesNotReleaseWhatTheNewOneHas() {
        long former = store.open(5);
        Changes changes = changesOf(5);
        changes.put(ACTOR, key("a"), key("1"));

        store.release(Map.of(5, former));
        store.commit(List.of(changes));

        assertThat(store.owns(5, former)).isFalse();
        assertThat(store.owns(5, changes.epoch())).isTrue();
        assertThat(read(5, ACTOR, "a")).isEqualTo("1");
    }

    @Test
    void epochsOutliveTheEngine() {
        Changes late = changesOf(5);
        late.put(ACTOR, key("a"), key("late"));
        long epoch = store.open(5);

        store = reopen(store);

        assertThatThrownBy(() -> store.commit(List.of(late))).isInstanceOf(StaleEpochException.class);
        assertThat(store.open(5)).isGreaterThan(epoch);
    }

    @Test
    void oneStalePartitionChangesNothingInItself() {
        Changes stale = changesOf(1);
        stale.put(ACTOR, key("a"), key("stale"));
        stale.put(OUTBOX, key("a"), key("stale"));
        Changes good = changesOf(2);
        good.put(ACTOR, key("a"), key("good"));
        good.put(OUTBOX, key("a"), key("good"));
        store.open(1);

        assertThatThrownBy(() -> store.commit(List.of(good, stale))).isInstanceOf(StaleEpochException.class);

        assertThat(keys(1, ACTOR)).isEmpty();
        assertThat(keys(1, OUTBOX)).isEmpty();
        assertThat(keys(2, ACTOR)).isEqualTo(keys(2, OUTBOX));
        assertThat(store.commitsTogether() && !keys(2, ACTOR).isEmpty()).isFalse();
    }

    @Test
    void bothKindsOfCommitOutliveTheEngine() {
        Changes durable = changesOf(0);
        durable.put(ACTOR, key("a"), key("1"));
        Changes relaxed = changesOf(1);
        relaxed.put(ACTOR, key("a"), key("2"));
        store.commit(List.of(durable));
        store.commitRelaxed(List.of(relaxed));

        store = reopen(store);

        assertThat(read(0, ACTOR, "a")).isEqualTo("1");
        assertThat(read(1, ACTOR, "a")).isEqualTo("2");
    }

    @Test
    void nothingToCommitIsFine() {
        store.commit(List.of());
        store.commit(List.of(changesOf(0)));
        store.commitRelaxed(List.of(changesOf(0)));

        assertThat(keys(0, ACTOR)).isEmpty();
    }

    @Test
    void aPartitionThatDoesNotExistIsRefused() {
        assertThatThrownBy(() -> store.open(PARTITIONS)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> store.open(-1)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void ownersCommitAtTheSameTimeAndReadersSeeWholeCommits() throws Exception {
        int owners = 4;
        int rounds = 50;
        try (ExecutorService threads = Executors.newFixedThreadPool(owners)) {
            List<Future<Void>> done = new ArrayList<>();
            for (int owner = 0; owner < owners; owner++) {
                int partition = owner;
                done.add(threads.submit(() -> {
                    long epoch = store.open(partition);
                    for (int round = 0; round < rounds; round++) {
                        Changes changes = new Changes(partition, epoch);
                        changes.put(ACTOR, key("count"), key("" + round));
                        changes.put(OUTBOX, key("%03d".formatted(round)), key("" + round));
                        store.commit(List.of(changes));
                        assertThat(read(partition, ACTOR, "count")).isEqualTo("" + round);
                        assertThat(text(store.last(partition, OUTBOX).value())).isEqualTo("" + round);
                    }
                    return null;
                }));
            }
            for (Future<Void> one : done) {
                one.get(30, TimeUnit.SECONDS);
            }
        }

        for (int partition = 0; partition < owners; partition++) {
            assertThat(keys(partition, OUTBOX)).hasSize(rounds);
        }
    }

    @Test
    void aFormerOwnerNeverWritesBehindTheNewOnesBack() throws Exception {
        try (ExecutorService former = Executors.newSingleThreadExecutor()) {
            for (int round = 0; round < 30; round++) {
                long epoch = store.open(0);
                String mine = "round " + round;
                Future<Boolean> late = former.submit(() -> {
                    Changes changes = new Changes(0, epoch);
                    changes.put(ACTOR, key("a"), key(mine));
                    try {
                        store.commit(List.of(changes));
                        return true;
                    } catch (StaleEpochException e) {
                        return false;
                    }
                });

                store.open(0);
                boolean seenByNewOwner = mine.equals(read(0, ACTOR, "a"));

                assertThat(late.get(30, TimeUnit.SECONDS)).isEqualTo(seenByNewOwner);
            }
        }
    }

    /** Changes by a new owner of the partition. */
    protected final Changes changesOf(int partition) {
        return new Changes(partition, store.open(partition));
    }

    protected final String read(int partition, Keyspace keyspace, String key) {
        byte[] value = store.read(partition, keyspace, key(key));
        return value == null ? null : text(value);
    }

    protected final List<String> keys(int partition, Keyspace keyspace) {
        return store.scan(partition, keyspace, new byte[0], new byte[] {-1}, Integer.MAX_VALUE).stream()
                .map(entry -> text(entry.key()))
                .toList();
    }

    protected static byte[] key(String text) {
        return text.getBytes(UTF_8);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, UTF_8);
    }
}
