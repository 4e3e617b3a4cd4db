package io.segmentdo.spool;

import static io.segmentdo.spool.SpoolFixture.append;
import static io.segmentdo.spool.SpoolFixture.config;
import static io.segmentdo.spool.SpoolFixture.event;
import static io.segmentdo.spool.SpoolFixture.messageIds;
import static io.segmentdo.spool.SpoolFixture.records;
import static org.assertj.core.api.Assertions.assertThat;

import io.segmentdo.config.ByteSize;
import io.segmentdo.problem.PlatformException;
import io.segmentdo.problem.Problem;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The spool under SIGKILL, on a disk that fills up, and with a log torn by a power failure. */
class SpoolFaultTest {
    private static final int KILLS = Integer.getInteger("spool.kills", 5);

    @TempDir
    private Path directory;

    @Test
    void nothingAcknowledgedIsLostWhenTheProcessIsKilled() throws Exception {
        long seed = Long.getLong("seed", System.nanoTime());
        Random random = new Random(seed);
        Set<String> expected = new HashSet<>();
        for (int round = 0; round < KILLS; round++) {
            expected.addAll(appendUntilKilled(round, 200 + random.nextInt(1500)));

            try (Spool spool = SpoolFixture.open(directory, config(ByteSize.gibibytes(1), new ByteSize(0)))) {
                List<String> kept = messageIds(spool);
                assertThat(kept).as("seed %d, round %d", seed, round).doesNotHaveDuplicates();
                assertThat(Set.copyOf(kept))
                        .as("seed %d, round %d", seed, round)
                        .containsAll(expected);

                List<SpoolRecord> records = records(spool);
                int released = random.nextInt(records.size());
                spool.release(records.get(released).position());
                expected.removeAll(messageIds(records.subList(0, released)));
            }
        }
    }

    /** What a power failure may do to the newest log: its end is missing, or was never written as meant. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void aTornLogKeepsEverythingBeforeTheTear(long seed) throws Exception {
        Random random = new Random(seed);
        Path torn = directory.resolve("torn");
        int requests = 200;
        try (Spool spool =
                SpoolFixture.open(directory.resolve("whole"), config(ByteSize.gibibytes(1), new ByteSize(0)))) {
            List<CompletableFuture<Long>> appended = new ArrayList<>();
            for (int i = 0; i < requests; i++) {
                appended.add(append(spool, event("m" + i, 100 + random.nextInt(3000))));
                if (random.nextInt(8) == 0) {
                    appended.getLast().get(60, TimeUnit.SECONDS);
                }
            }
            for (CompletableFuture<Long> one : appended) {
                one.get(60, TimeUnit.SECONDS);
            }
            copy(directory.resolve("whole"), torn);
        }
        Path log = newestLog(torn);
        long kept = Files.size(log) / 2 + random.nextInt((int) (Files.size(log) / 2));
        try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "rw")) {
            if (random.nextBoolean()) {
                file.setLength(kept);
            } else {
                byte[] noise = new byte[(int) Math.min(64, file.length() - kept)];
                random.nextBytes(noise);
                file.seek(kept);
                file.write(noise);
            }
        }

        try (Spool spool = SpoolFixture.open(torn, config(ByteSize.gibibytes(1), new ByteSize(0)))) {
            List<String> ids = messageIds(spool);
            assertThat(ids)
                    .isEqualTo(Stream.iterate(0, i -> i + 1)
                            .limit(ids.size())
                            .map(i -> "m" + i)
                            .toList());
            long next = spool.nextPosition();
            assertThat(append(spool, event("next", 10)).get(60, TimeUnit.SECONDS))
                    .isEqualTo(next);
        }
        try (Spool spool = SpoolFixture.open(torn, config(ByteSize.gibibytes(1), new ByteSize(0)))) {
            assertThat(messageIds(spool)).endsWith("next");
        }
    }

    @Test
    void aDiskThatFillsUpFailsRequestsAndHealsWithoutARestart() throws Exception {
        try (SmallDisk disk = SmallDisk.mount(directory.resolve("disk"), 48)) {
            Path ballast = disk.path().resolve("ballast");
            try (Spool spool = SpoolFixture.open(
                    disk.path().resolve("spool"), config(ByteSize.gibibytes(1), ByteSize.mebibytes(1)))) {
                List<String> acknowledged = new ArrayList<>();
                appendSome(spool, "before-", acknowledged, 50);
                disk.fill(ballast, 1 << 20);

                Problem problem = appendSome(spool, "during-", acknowledged, 100_000);
                Problem second = appendSome(spool, "meanwhile-", acknowledged, 1);
                List<String> readable = messageIds(spool);
                Files.delete(ballast);
                long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
                while (spool.refusal().isPresent() && System.nanoTime() < deadline) {
                    Thread.onSpinWait();
                }

                assertThat(problem).isEqualTo(Problem.STORAGE_FAILED);
                assertThat(second).isEqualTo(Problem.STORAGE_FAILED);
                assertThat(readable).containsAll(acknowledged);
                assertThat(appendSome(spool, "after-", acknowledged, 50)).isNull();
                assertThat(messageIds(spool)).containsAll(acknowledged).doesNotHaveDuplicates();
            }
            try (Spool spool = SpoolFixture.open(
                    disk.path().resolve("spool"), config(ByteSize.gibibytes(1), ByteSize.mebibytes(1)))) {
                assertThat(messageIds(spool)).doesNotHaveDuplicates().contains("before-0", "after-49");
            }
        }
    }

    /** Appends until one is refused; returns why, or null. */
    private static Problem appendSome(Spool spool, String prefix, List<String> acknowledged, int count)
            throws Exception {
        for (int i = 0; i < count; i++) {
            String id = prefix + i;
            try {
                append(spool, event(id, 20_000)).get(60, TimeUnit.SECONDS);
                acknowledged.add(id);
            } catch (ExecutionException e) {
                return ((PlatformException) e.getCause()).problem();
            }
        }
        return null;
    }

    private Set<String> appendUntilKilled(int round, int acknowledgements) throws Exception {
        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Appender.class.getName(),
                        directory.toString(),
                        String.valueOf(round))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        Set<String> acknowledged = new HashSet<>();
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.endsWith(";")) {
                    acknowledged.add(line.substring(0, line.length() - 1));
                }
                if (acknowledged.size() == acknowledgements) {
                    // By its handle, which leaves the pipe open: what was printed before the kill counts.
                    child.toHandle().destroyForcibly();
                }
            }
        } finally {
            child.destroyForcibly();
            assertThat(child.waitFor(30, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(acknowledged).hasSizeGreaterThanOrEqualTo(acknowledgements);
        return acknowledged;
    }

    /** The child: appends records of several sizes as fast as it can and prints what was acknowledged. */
    static final class Appender {
        private Appender() {}

        public static void main(String[] args) {
            PrintStream out = System.out;
            Spool spool = SpoolFixture.open(Path.of(args[0]), config(ByteSize.gibibytes(1), ByteSize.mebibytes(1)));
            for (int sender = 0; sender < 16; sender++) {
                appendNext(spool, out, args[1] + "-" + sender + "-", 0);
            }
            while (true) {
                LockSupport.park(spool);
            }
        }

        private static void appendNext(Spool spool, PrintStream out, String prefix, int number) {
            String id = prefix + number;
            spool.append(List.of(event(id, 10 + (number * 37) % 4000)), new Spool.Acknowledgement() {
                @Override
                public void durable(long position) {
                    out.println(id + ";");
                    appendNext(spool, out, prefix, number + 1);
                }

                @Override
                public void failed(PlatformException problem) {
                    throw problem;
                }
            });
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
        }
    }

    private static Path newestLog(Path in) throws IOException {
        try (Stream<Path> files = Files.list(in)) {
            return files.filter(file -> file.toString().endsWith(".log"))
                    .filter(file -> file.toFile().length() > 1000)
                    .max(Path::compareTo)
                    .orElseThrow();
        }
    }
}
