package io.segmentdo.spool;

import static io.segmentdo.spool.SpoolFixture.append;
import static io.segmentdo.spool.SpoolFixture.config;
import static io.segmentdo.spool.SpoolFixture.event;
import static io.segmentdo.spool.SpoolFixture.messageIds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.segmentdo.config.ByteSize;
import io.segmentdo.problem.PlatformException;
import io.segmentdo.problem.Problem;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SpoolTest {
    private static final SpoolConfig ROOMY = config(ByteSize.gibibytes(1), ByteSize.mebibytes(1));

    @TempDir
    private Path directory;

    private Spool spool;

    @AfterEach
    void closeSpool() {
        if (spool != null) {
            spool.close();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 2048, 1 << 20})
    void recordsAreReadInTheirOrderFromMemoryOrDisk(long recentBytes) throws Exception {
        spool = SpoolFixture.open(directory, config(ByteSize.gibibytes(1), new ByteSize(recentBytes)));
        for (int i = 0; i < 20; i++) {
            assertThat(await(append(spool, event("a" + i, 200), event("b" + i, 10))))
                    .isEqualTo(i + 1);
        }

        List<SpoolRecord> records = spool.read(1, 100, Long.MAX_VALUE);

        assertThat(records)
                .extracting(SpoolRecord::position)
                .startsWith(1L, 2L, 3L)
                .hasSize(20);
        assertThat(records.get(4)).isEqualTo(new SpoolRecord(5, List.of(event("a4", 200), event("b4", 10))));
        assertThat(spool.read(19, 100, Long.MAX_VALUE)).isEqualTo(records.subList(18, 20));
        assertThat(spool.read(3, 2, Long.MAX_VALUE)).isEqualTo(records.subList(2, 4));
        assertThat(spool.read(3, 100, 1)).isEqualTo(records.subList(2, 3));
        assertThat(spool.read(21, 100, Long.MAX_VALUE)).isEmpty();
        assertThat(spool.depthEvents()).isEqualTo(40);
    }

    @Test
    void whatWasAcknowledgedIsThereAfterReopening() throws Exception {
        spool = SpoolFixture.open(directory, ROOMY);
        await(append(spool, event("a", 10)));
        await(append(spool, event("b", 10)));
        long bytes = spool.depthBytes();

        reopen();

        assertThat(messageIds(spool)).containsExactly("a", "b");
        assertThat(spool.depthBytes()).isEqualTo(bytes);
        assertThat(await(append(spool, event("c", 10)))).isEqualTo(3);
    }

    @Test
    void whatWasReleasedIsGoneForGood() throws Exception {
        spool = SpoolFixture.open(directory, ROOMY);
        for (String id : List.of("a", "b", "c")) {
            await(append(spool, event(id, 10)));
        }

        spool.release(3);

        until(() -> spool.firstPosition() == 3);
        assertThat(messageIds(spool)).containsExactly("c");
        assertThat(spool.depthEvents()).isEqualTo(1);
        reopen();
        assertThat(messageIds(spool)).containsExactly("c");
        assertThat(spool.depthEvents()).isEqualTo(1);

        spool.release(Long.MAX_VALUE);
        until(() -> spool.firstPosition() == 4);
        reopen();
        assertThat(spool.nextPosition()).isEqualTo(4);
        assertThat(spool.depthBytes()).isZero();
        assertThat(await(append(spool, event("d", 10)))).isEqualTo(4);
    }

    @Test
    void aReleaseNeverGoesBack() throws Exception {
        spool = SpoolFixture.open(directory, ROOMY);
        await(append(spool, event("a", 10)));
        await(append(spool, event("b", 10)));

        spool.release(2);
        spool.release(1);

        until(() -> spool.firstPosition() == 2);
        await(append(spool, event("c", 10)));
        assertThat(spool.firstPosition()).isEqualTo(2);
    }

    @Test
    void aLongBacklogIsReadBackAndLeavesLittleOnDiskOnceReleased() throws Exception {
        spool = SpoolFixture.open(directory, config(ByteSize.gibibytes(1), new ByteSize(0)));
        List<CompletableFuture<Long>> appended = new ArrayList<>();
        int records = 20_000;
        for (int i = 0; i < records; i++) {
            appended.add(append(spool, event("m" + i, 1000)));
            if (i % 1000 == 0) {
                await(appended.getLast());
            }
        }
        for (CompletableFuture<Long> one : appended) {
            await(one);
        }

        assertThat(messageIds(spool)).hasSize(records).startsWith("m0", "m1").endsWith("m" + (records - 1));
        for (int i = 0; i < 30 && (i == 0 || bytesOnDisk() >= 12 << 20); i++) {
            // what is being joined with other files at that moment goes the next time
            await(append(spool, event("later" + i, 10)));
            spool.release(spool.nextPosition());
            TimeUnit.MILLISECONDS.sleep(1500);
        }
        assertThat(bytesOnDisk()).isLessThan(12 << 20);
        reopen();

        assertThat(messageIds(spool)).isEmpty();
    }

    @Test
    void aFullSpoolRefusesAtOnceAndTakesEventsAgainWhenSomeHaveLeft() throws Exception {
        spool = SpoolFixture.open(directory, config(ByteSize.mebibytes(1), ByteSize.mebibytes(1)));
        List<Long> accepted = new ArrayList<>();
        Problem problem = null;
        while (problem == null) {
            try {
                accepted.add(await(append(spool, event("m", 50_000))));
            } catch (PlatformException e) {
                problem = e.problem();
            }
        }

        assertThat(problem).isEqualTo(Problem.OVERLOADED);
        assertThat(accepted).hasSize(20);
        assertThat(spool.refusal()).isPresent();
        assertThatThrownBy(() -> await(append(spool, event("small", 10)))).hasMessageContaining("the spool is full");

        spool.release(accepted.get(1));
        until(() -> spool.firstPosition() == accepted.get(1));
        assertThatThrownBy(() -> await(append(spool, event("small", 10)))).hasMessageContaining("the spool is full");
        spool.release(accepted.get(4));

        until(() -> spool.refusal().isEmpty());
        await(append(spool, event("again", 10)));
        assertThat(messageIds(spool)).endsWith("again");
    }

    @Test
    void moreThanMayWaitForTheDiskIsRefused() {
        spool = SpoolFixture.open(directory, ROOMY);

        CompletableFuture<Long> tooMuch = append(spool, event("m", 9 << 20));

        assertThatThrownBy(() -> await(tooMuch))
                .isInstanceOfSatisfying(
                        PlatformException.class, e -> assertThat(e.problem()).isEqualTo(Problem.OVERLOADED));
        assertThat(spool.refusal()).isEmpty();
    }

    @Test
    void aDiskWithTooLittleLeftIsNotFilledFurther() {
        SpoolConfig greedy = new SpoolConfig(
                ByteSize.gibibytes(1),
                ByteSize.mebibytes(1),
                new ByteSize(Long.MAX_VALUE / 2),
                ByteSize.mebibytes(1),
                ByteSize.mebibytes(1));
        spool = SpoolFixture.open(directory, greedy);

        assertThatThrownBy(() -> await(append(spool, event("m", 10))))
                .isInstanceOfSatisfying(
                        PlatformException.class, e -> assertThat(e.problem()).isEqualTo(Problem.OVERLOADED))
                .hasMessageContaining("bytes left");
    }

    @Test
    void aClosedSpoolRefuses() throws Exception {
        spool = SpoolFixture.open(directory, ROOMY);
        CompletableFuture<Long> before = append(spool, event("a", 10));
        spool.close();

        assertThat(await(before)).isEqualTo(1);
        assertThatThrownBy(() -> await(append(spool, event("b", 10)))).hasMessageContaining("closed");
    }

    @Test
    void thoseWhoComeDuringASyncShareTheNext() throws Exception {
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        spool = Spool.open(directory, ROOMY, meters, InstantSource.system());
        List<CompletableFuture<Long>> appended = new ArrayList<>();
        for (int i = 0; i < 2000; i++) {
            appended.add(append(spool, event("m" + i, 10)));
        }
        for (int i = 0; i < 2000; i++) {
            await(appended.get(i));
        }

        assertThat(messageIds(spool)).hasSize(2000).startsWith("m0", "m1").endsWith("m1999");
        assertThat(spool.nextPosition()).isLessThan(1000);
        spool.close();
        assertThat(meters.get("segmentdo.spool.group").summary().totalAmount()).isEqualTo(2000);
        assertThat(meters.get("segmentdo.spool.write").timer().count()).isLessThan(1000);
    }

    @Test
    void aListenerIsWokenAndABugInACallbackCostsNobodyElse() throws Exception {
        spool = SpoolFixture.open(directory, ROOMY);
        CountDownLatch woken = new CountDownLatch(2);
        AutoCloseable bug = spool.onDurable(() -> {
            throw new IllegalStateException("bug in a listener");
        });
        AutoCloseable listener = spool.onDurable(woken::countDown);
        spool.append(List.of(event("a", 10)), new Spool.Acknowledgement() {
            @Override
            public void durable(long position) {
                throw new IllegalStateException("bug in an acknowledgement");
            }

            @Override
            public void failed(PlatformException problem) {}
        });
        until(() -> spool.depthEvents() == 1);

        assertThat(await(append(spool, event("b", 10)))).isEqualTo(2);
        assertThat(woken.await(10, TimeUnit.SECONDS)).isTrue();
        bug.close();
        listener.close();
    }

    @Test
    void theAgeOfTheOldestIsThatOfTheFirstRecordKept() throws Exception {
        AtomicReference<Instant> now = new AtomicReference<>(Instant.ofEpochSecond(1000));
        spool = Spool.open(directory, ROOMY, new SimpleMeterRegistry(), now::get);
        assertThat(spool.ageOfOldest()).isZero();
        await(append(spool, event("a", 10)));
        now.set(Instant.ofEpochSecond(1010));
        await(append(spool, event("b", 10)));
        now.set(Instant.ofEpochSecond(1015));

        assertThat(spool.ageOfOldest()).isEqualTo(Duration.ofSeconds(15));
        spool.release(2);
        until(() -> spool.ageOfOldest().equals(Duration.ofSeconds(5)));
        spool.release(3);
        until(() -> spool.ageOfOldest().isZero());
    }

    private void reopen() {
        spool.close();
        spool = SpoolFixture.open(directory, ROOMY);
    }

    private long bytesOnDisk() {
        try (var files = java.nio.file.Files.list(directory)) {
            return files.filter(file -> file.toString().matches(".*\\.(log|sst)"))
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static long await(CompletableFuture<Long> position) throws Exception {
        try {
            return position.get(60, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof PlatformException problem ? problem : e;
        }
    }

    private static void until(BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("not within a minute");
            }
            Thread.onSpinWait();
        }
    }
}
