package io.segmentdo.warehouse.engine;

import io.segmentdo.temporary.TemporaryDirectory;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.OptionalLong;
import java.util.StringTokenizer;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One process that runs queries, one task at a time, and that may be killed whenever it does not behave.
 *
 * <p>The thread that has it calls {@link #analyse}, {@link #run} and {@link #copy}, which block. {@link #cancel} and
 * {@link #watch} are for any thread.
 */
public final class Engine {
    private static final Logger log = LoggerFactory.getLogger(Engine.class);
    private static final long START_SECONDS = 60;
    private static final long PAGE_BYTES = 4096;
    private static final long GRACE_NANOS = TimeUnit.MILLISECONDS.toNanos(1500);
    /** What the process needs beside the data of a query: the Java heap, the library, and some. */
    private static final long OWN_BYTES = 448L << 20;

    private final Path directory;
    private final Process process;
    private final Frames frames;
    private volatile boolean killed;
    private volatile String owner = "";

    // guarded by this
    private @Nullable Reason ended;
    private long deadlineNanos = Long.MAX_VALUE;
    private long killNanos = Long.MAX_VALUE;
    private long memoryBytes = Long.MAX_VALUE;
    private boolean busy;

    private Engine(Path directory, Process process) {
        this.directory = directory;
        this.process = process;
        this.frames = new Frames(process.getInputStream(), process.getOutputStream());
    }

    /** Starts a process that lives in a directory of its own, and waits until it is ready. */
    static Engine start(Path directory) throws IOException {
        Files.createDirectories(directory.resolve("tmp"));
        Files.createDirectories(directory.resolve("spill"));
        ProcessBuilder builder = new ProcessBuilder(command(directory))
                .directory(directory.toFile())
                .redirectError(directory.resolve("stderr.txt").toFile());
        builder.environment().clear(); // nothing of the node's surroundings, secrets among them
        Engine engine = new Engine(directory, builder.start());
        engine.awaitReady();
        return engine;
    }

    private static List<String> command(Path home) {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xms16m",
                "-Xmx128m",
                "-XX:+UseSerialGC",
                "-XX:+ExitOnOutOfMemoryError",
                "-XX:-CreateCoredumpOnCrash",
                "-XX:ErrorFile=" + home.resolve("crash.txt"),
                "-Xshare:auto",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Djava.io.tmpdir=" + home.resolve("tmp"),
                "-cp",
                classPath(),
                EngineMain.class.getName(),
                home.resolve("spill").toString());
    }

    /** As this process has it, for one that works in another directory. */
    private static String classPath() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .map(entry -> Path.of(entry).toAbsolutePath().toString())
                .collect(Collectors.joining(File.pathSeparator));
    }

    private void awaitReady() throws IOException {
        Thread timer = Thread.startVirtualThread(() -> {
            try {
                TimeUnit.SECONDS.sleep(START_SECONDS);
                process.destroyForcibly();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt(); // it is ready
            }
        });
        try {
            Frames.Frame first = frames.read();
            if (first == null || first.kind() != Frames.READY) {
                throw new IOException("the query engine did not start: " + complaint());
            }
        } finally {
            timer.interrupt();
        }
    }

    private String complaint() {
        try (Stream<String> lines = Files.lines(directory.resolve("stderr.txt"))) {
            return String.join("; ", lines.limit(5).toList());
        } catch (IOException | java.io.UncheckedIOException e) {
            return "it left no word";
        }
    }

    /** What a query needs; fails when it may not run. */
    public Analysis analyse(String sql, Duration time) {
        return task(Frames.ANALYSE, new Ask.Analyse(sql), time, Long.MAX_VALUE, null, Frames.ANALYSIS, Analysis.class);
    }

    /** Runs a query and hands its rows to a sink. */
    public Summary run(String sql, Dataset dataset, ResultForm form, Limits limits, RowSink sink) {
        owner = dataset.owner();
        Ask.Run ask = new Ask.Run(sql, dataset, form, limits);
        return task(Frames.RUN, ask, limits.time(), limits.memoryBytes(), sink, Frames.END, Summary.class);
    }

    /**
     * Writes the rows of a query into files.
     *
     * @param target a file, or with partitions a directory; all of its own directory may be written
     * @param options of DuckDB's COPY, without parentheses
     */
    public Summary copy(String sql, Dataset dataset, Path target, String options, Limits limits) {
        Ask.Copy ask = new Ask.Copy(sql, dataset, target.toString(), options, limits);
        return task(Frames.COPY, ask, limits.time(), limits.memoryBytes(), null, Frames.END, Summary.class);
    }

    private <T> T task(
            byte kind,
            Object ask,
            Duration time,
            long memory,
            @Nullable RowSink sink,
            byte answer,
            Class<T> answerType) {
        begin(time, memory);
        try {
            frames.write(kind, ask);
            while (true) {
                Frames.Frame frame = frames.read();
                if (frame == null) {
                    throw gone();
                }
                if (frame.kind() == answer) {
                    return frame.as(answerType);
                }
                switch (frame.kind()) {
                    case Frames.HEAD -> deliver(sink, frame, true);
                    case Frames.DATA -> deliver(sink, frame, false);
                    case Frames.FAILURE -> throw explain(frame.as(Refusal.class));
                    default -> throw new IOException("a frame of kind " + frame.kind());
                }
            }
        } catch (IOException e) {
            log.atDebug().setCause(e).log("A query engine does not answer any more");
            kill();
            throw gone();
        } finally {
            end();
        }
    }

    /** A reader that is gone ends the query. */
    private void deliver(@Nullable RowSink sink, Frames.Frame frame, boolean head) throws IOException {
        if (sink == null) {
            return;
        }
        try {
            if (head) {
                sink.head(frame.as(Head.class));
            } else {
                sink.data(frame.content());
            }
        } catch (IOException e) {
            cancel(Reason.CANCELLED);
            kill();
            throw e;
        }
    }

    private synchronized void begin(Duration time, long memory) {
        if (ended == Reason.CANCELLED) {
            throw endedBy(Reason.CANCELLED); // between two tasks of one query
        }
        long now = System.nanoTime();
        ended = null;
        deadlineNanos = now + time.toNanos();
        killNanos = Long.MAX_VALUE;
        memoryBytes = memory == Long.MAX_VALUE ? memory : memory + OWN_BYTES;
        busy = true;
    }

    private synchronized void end() {
        busy = false;
    }

    /** Another caller has it: what was cancelled before does not count any more. */
    synchronized void renew() {
        ended = null;
    }

    /** Ends the task under way, or the next one of the same caller; kills the process if that does not help. */
    public synchronized void cancel(Reason reason) {
        if (ended != null) {
            return;
        }
        ended = reason;
        if (!busy) {
            return;
        }
        killNanos = System.nanoTime() + GRACE_NANOS;
        Thread.startVirtualThread(() -> {
            try {
                frames.write(Frames.CANCEL);
            } catch (IOException e) {
                log.atDebug().setCause(e).log("An engine that was to be cancelled is gone");
            }
        });
    }

    /** Ends what has exceeded its time or memory. */
    synchronized void watch() {
        if (!busy) {
            return;
        }
        long now = System.nanoTime();
        if (now - deadlineNanos >= 0) {
            cancel(Reason.TIME);
        }
        if (residentBytes().orElse(0) > memoryBytes) {
            ended = ended == null ? Reason.MEMORY : ended;
            kill();
        }
        if (killNanos != Long.MAX_VALUE && now - killNanos >= 0) {
            kill();
        }
    }

    /** The memory that the process really has, where the system tells. */
    private OptionalLong residentBytes() {
        Path statm = Path.of("/proc", Long.toString(process.pid()), "statm");
        try {
            StringTokenizer pages = new StringTokenizer(Files.readString(statm));
            pages.nextToken(); // what is reserved
            return OptionalLong.of(Long.parseLong(pages.nextToken()) * PAGE_BYTES);
        } catch (IOException | NumberFormatException | NoSuchElementException e) {
            return OptionalLong.empty();
        }
    }

    private synchronized QueryException explain(Refusal refusal) {
        return ended == null ? refusal.toException() : endedBy(ended);
    }

    private synchronized QueryException gone() {
        return endedBy(ended == null ? Reason.ENGINE : ended);
    }

    private static QueryException endedBy(Reason reason) {
        return new QueryException(
                reason,
                switch (reason) {
                    case TIME -> "the query took longer than it may (expected: less data, or a higher limit of time)";
                    case MEMORY -> "the query needed more memory than it may (expected: less data at a time)";
                    case CANCELLED -> "the query was cancelled";
                    case SYNTAX, MEANING, REFUSED, VALUE, ENGINE ->
                        "the query engine ended in the middle of the query; it probably ran out of memory";
                },
                -1);
    }

    /** Whose data it had last. */
    String owner() {
        return owner;
    }

    boolean isAlive() {
        return !killed && process.isAlive();
    }

    void kill() {
        killed = true;
        process.destroyForcibly();
    }

    /** Ends the process and removes what it left. */
    void discard() {
        kill();
        try {
            process.waitFor(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        TemporaryDirectory.remove(directory);
    }
}
