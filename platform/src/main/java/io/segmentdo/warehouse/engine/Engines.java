package io.segmentdo.warehouse.engine;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.segmentdo.problem.PlatformException;
import io.segmentdo.problem.Problem;
import io.segmentdo.temporary.TemporaryDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The processes that run queries. The first one starts with the first query; they are kept warm for the next ones, end
 * when nobody needs them, and are replaced when they do not behave.
 *
 * <p>Safe for concurrent use. {@link #lease} blocks while a process starts, so it is not for event loops.
 */
public final class Engines implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Engines.class);
    private static final long WATCH_MILLIS = 50;

    private record Idle(Engine engine, long sinceNanos) {}

    /** An engine for one caller, who closes this when done. */
    public final class Lease implements AutoCloseable {
        private final Engine engine;

        private Lease(Engine engine) {
            this.engine = engine;
        }

        public Engine engine() {
            return engine;
        }

        @Override
        public void close() {
            giveBack(engine);
        }
    }

    private final EnginesConfig config;
    private final Path directory;
    private final ScheduledExecutorService watchdog;

    // guarded by this
    private final Deque<Idle> idle = new ArrayDeque<>();
    private final Set<Engine> leased = new HashSet<>();
    private int starting;
    private int started;
    private boolean closed;

    /** @param directory for temporary files; what is left there from before is removed */
    @SuppressWarnings("FutureReturnValueIgnored") // ends with its thread
    public Engines(EnginesConfig config, Path directory, MeterRegistry meters) {
        this.config = config;
        this.directory = directory.toAbsolutePath();
        TemporaryDirectory.remove(this.directory);
        this.watchdog = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().name("query-watchdog").daemon().factory());
        watchdog.scheduleWithFixedDelay(this::watch, WATCH_MILLIS, WATCH_MILLIS, TimeUnit.MILLISECONDS);
        gauge(meters, "segmentdo.warehouse.queries.running", "Queries that run now", Engines::running);
        gauge(meters, "segmentdo.warehouse.queries.limit", "Queries that may run at a time", e -> config.concurrent());
        gauge(meters, "segmentdo.warehouse.engines", "Processes that run queries or wait for one", Engines::size);
    }

    private void gauge(
            MeterRegistry meters, String name, String description, java.util.function.ToDoubleFunction<Engines> value) {
        Gauge.builder(name, this, value).description(description).register(meters);
    }

    private synchronized int running() {
        return leased.size() + starting;
    }

    private synchronized int size() {
        return leased.size() + idle.size();
    }

    /** What each query may use. */
    public EnginesConfig config() {
        return config;
    }

    /**
     * A warm engine, best one that has had data of this owner, or a new one; fails with {@code OVERLOADED} when as many run
     * as may.
     */
    public Lease lease(String owner) {
        Engine warm = takeWarm(owner);
        if (warm != null) {
            return new Lease(warm);
        }
        Engine fresh = null;
        try {
            fresh = Engine.start(directory.resolve("engine-" + nextNumber()));
            return new Lease(fresh);
        } catch (IOException e) {
            throw new PlatformException(
                    Problem.STORAGE_FAILED, "The query engine cannot be started: " + e.getMessage(), e);
        } finally {
            started(fresh);
        }
    }

    private synchronized @Nullable Engine takeWarm(String owner) {
        if (closed) {
            throw new PlatformException(Problem.OVERLOADED, "The node is stopping");
        }
        if (leased.size() + starting >= config.concurrent()) {
            throw new PlatformException(
                    Problem.OVERLOADED,
                    config.concurrent() + " queries are running (expected: fewer; try again when one is done)");
        }
        for (Idle next = pollIdle(owner); next != null; next = pollIdle(owner)) {
            if (next.engine().isAlive()) {
                next.engine().renew();
                leased.add(next.engine());
                return next.engine();
            }
            discard(next.engine());
        }
        starting++;
        return null;
    }

    private @Nullable Idle pollIdle(String owner) {
        Optional<Idle> kept = idle.stream()
                .filter(waiting -> waiting.engine().owner().equals(owner))
                .findFirst();
        kept.ifPresent(idle::remove);
        return kept.orElseGet(idle::pollFirst);
    }

    private synchronized int nextNumber() {
        return ++started;
    }

    private synchronized void started(@Nullable Engine engine) {
        starting--;
        if (engine != null) {
            leased.add(engine);
        }
    }

    private synchronized void giveBack(Engine engine) {
        leased.remove(engine);
        if (engine.isAlive() && !closed) {
            idle.addFirst(new Idle(engine, System.nanoTime()));
        } else {
            discard(engine);
        }
    }

    private static void discard(Engine engine) {
        Thread.startVirtualThread(engine::discard);
    }

    private void watch() {
        try {
            List<Engine> busy;
            synchronized (this) {
                busy = List.copyOf(leased);
                long now = System.nanoTime();
                idle.removeIf(waiting -> {
                    boolean cold =
                            now - waiting.sinceNanos() > config.keepWarm().toNanos();
                    if (cold) {
                        discard(waiting.engine());
                    }
                    return cold;
                });
            }
            busy.forEach(Engine::watch);
        } catch (RuntimeException e) {
            log.atError().setCause(e).log("Queries could not be watched, it is tried again");
        }
    }

    /** Ends all processes. */
    @Override
    public void close() {
        List<Engine> all = new ArrayList<>();
        synchronized (this) {
            closed = true;
            idle.forEach(waiting -> all.add(waiting.engine()));
            idle.clear();
            all.addAll(leased);
        }
        watchdog.shutdownNow();
        all.forEach(Engine::discard);
    }
}
