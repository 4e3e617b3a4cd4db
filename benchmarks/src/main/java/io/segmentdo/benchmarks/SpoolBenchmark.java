package io.segmentdo.benchmarks;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.segmentdo.event.Event;
import io.segmentdo.event.EventType;
import io.segmentdo.event.Utf8Json;
import io.segmentdo.problem.PlatformException;
import io.segmentdo.spool.Spool;
import io.segmentdo.spool.SpoolConfig;
import io.segmentdo.temporary.TemporaryDirectory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Events of 0.9 KB become durable in the spool: one alone, 64 that wait together, and for comparison the same bytes
 * appended to a bare file, synced as often.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 5, time = 2)
public class SpoolBenchmark {
    private static final int TOGETHER = 64;
    private static final int EVENT_BYTES = 900;

    private final List<Event> event = List.of(new Event(
            EventType.TRACK,
            "acme",
            "site",
            "ajs-next-1763892000000-8a9d3a1e",
            "user",
            "device",
            null,
            null,
            1,
            1,
            Utf8Json.of("\"" + "x".repeat(EVENT_BYTES) + "\"")));
    private final ByteBuffer bytes = ByteBuffer.allocate(EVENT_BYTES);
    private final Semaphore durable = new Semaphore(0);

    private @Nullable TemporaryDirectory folder;
    private @Nullable Spool spool;
    private @Nullable FileChannel file;

    /** Opens both logs in the folder for temporary files; {@code java.io.tmpdir} names another disk. */
    @Setup
    public void open() throws IOException {
        folder = new TemporaryDirectory("spool");
        Path directory = folder.path();
        spool = Spool.open(
                directory.resolve("spool"), SpoolConfig.DEFAULT, new SimpleMeterRegistry(), InstantSource.system());
        file = FileChannel.open(directory.resolve("file"), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    }

    /** One event, and nobody else. */
    @org.openjdk.jmh.annotations.Benchmark
    public void appendAlone() {
        append(1);
    }

    /** The cost of one of 64 events that share their sync. */
    @org.openjdk.jmh.annotations.Benchmark
    @OperationsPerInvocation(TOGETHER)
    public void appendTogether() {
        append(TOGETHER);
    }

    /** The bytes of one event to a bare file. */
    @org.openjdk.jmh.annotations.Benchmark
    public void bareFileAlone() throws IOException {
        write(1);
    }

    /** The bytes of 64 events to a bare file with one sync. */
    @org.openjdk.jmh.annotations.Benchmark
    @OperationsPerInvocation(TOGETHER)
    public void bareFileTogether() throws IOException {
        write(TOGETHER);
    }

    private void append(int count) {
        Spool open = opened(spool);
        for (int i = 0; i < count; i++) {
            open.append(event, new Spool.Acknowledgement() {
                @Override
                public void durable(long position) {
                    durable.release();
                }

                @Override
                public void failed(PlatformException problem) {
                    throw problem;
                }
            });
        }
        durable.acquireUninterruptibly(count);
        open.release(open.nextPosition());
    }

    private void write(int count) throws IOException {
        FileChannel open = opened(file);
        for (int i = 0; i < count; i++) {
            open.write(bytes.rewind());
        }
        open.force(false);
    }

    private static <T> T opened(@Nullable T resource) {
        if (resource == null) {
            throw new IllegalStateException("not open");
        }
        return resource;
    }

    /** Removes both. */
    @TearDown
    public void close() throws IOException {
        opened(spool).close();
        opened(file).close();
        opened(folder).close();
    }
}
