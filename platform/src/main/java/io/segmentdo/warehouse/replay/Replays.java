package io.segmentdo.warehouse.replay;

import io.segmentdo.problem.PlatformException;
import io.segmentdo.problem.Problem;
import io.segmentdo.warehouse.engine.Engines;
import io.segmentdo.warehouse.engine.Limits;
import io.segmentdo.warehouse.engine.QueryException;
import io.segmentdo.warehouse.engine.Reason;
import io.segmentdo.warehouse.engine.ResultForm;
import io.segmentdo.warehouse.engine.RowSink;
import io.segmentdo.warehouse.jobs.JobFiles;
import io.segmentdo.warehouse.query.Reader;
import io.segmentdo.warehouse.replay.ReplayRecord.State;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The replays of this node: each has a virtual thread that reads a page of events, hands it over, notes how far it is, and
 * waits as long as its rate wants. After a restart it goes on from its note, so events of the page in between may be
 * delivered twice, with the same message ids.
 *
 * <p>Safe for concurrent use. Calls block.
 */
public final class Replays implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Replays.class);
    private static final int PAGE = 2_000;
    private static final long PAUSE_MILLIS = 500;

    /** What is to be replayed. */
    public record Wish(String workspace, String destination, String where, long fromMicros, long toMicros, int rate) {}

    private final ReplayConfig config;
    private final Engines engines;
    private final Reader reader;
    private final ReplayTarget target;
    private final JobFiles<ReplayRecord> files;
    private final InstantSource clock;
    private final Semaphore running;
    private final Map<Long, ReplayRecord> records = new ConcurrentSkipListMap<>();
    private final Map<Long, Thread> threads = new ConcurrentSkipListMap<>();
    private volatile boolean closed;

    /** @param directory where replays are kept; those that have not ended go on with {@link #start} */
    public Replays(
            ReplayConfig config,
            Engines engines,
            Reader reader,
            ReplayTarget target,
            Path directory,
            InstantSource clock) {
        this.config = config;
        this.engines = engines;
        this.reader = reader;
        this.target = target;
        this.files = new JobFiles<>(directory, ReplayRecord.class);
        this.clock = clock;
        this.running = new Semaphore(config.concurrent());
        files.load().forEach(record -> records.put(record.number(), record));
    }

    /** Goes on with what had not ended. */
    public void start() {
        records.values().stream().filter(record -> !record.hasEnded()).forEach(record -> launch(record.number()));
    }

    ReplayConfig config() {
        return config;
    }

    /** How many events a replay would have now. */
    public long count(Wish wish) {
        ReplayRecord unborn = record(0, wish, 0);
        String sql = "SELECT count(*) AS n FROM events WHERE " + unborn.rest();
        try (Engines.Lease lease = engines.lease(wish.workspace())) {
            Counted counted = new Counted();
            Limits limits = engines.config().limits().within(engines.config().timeMax());
            read(lease, sql, wish.workspace(), limits, counted);
            return counted.value();
        }
    }

    /** Starts a replay; returns its number. */
    public long begin(Wish wish) {
        if (!target.knows(wish.destination())) {
            throw new PlatformException(Problem.NOT_FOUND, "there is no destination " + wish.destination());
        }
        long total = count(wish);
        ReplayRecord record = add(wish, total);
        launch(record.number());
        return record.number();
    }

    private synchronized ReplayRecord add(Wish wish, long total) {
        long number = records.keySet().stream().mapToLong(n -> n).max().orElse(0) + 1;
        ReplayRecord record = record(number, wish, total);
        files.store(Long.toString(record.number()), record);
        records.put(number, record);
        return record;
    }

    private ReplayRecord record(long number, Wish wish, long total) {
        return new ReplayRecord(
                number,
                wish.workspace(),
                wish.destination(),
                wish.where(),
                wish.fromMicros(),
                wish.toMicros(),
                wish.rate(),
                State.WAITING,
                total,
                0,
                0,
                "",
                clock.millis(),
                0,
                null);
    }

    Optional<ReplayRecord> find(long number) {
        return Optional.ofNullable(records.get(number));
    }

    Collection<ReplayRecord> all() {
        return List.copyOf(records.values());
    }

    /** Ends a replay; what was handed over is delivered. False when it has ended already. */
    boolean cancel(long number) {
        boolean cancelled = change(number, record -> record.to(State.CANCELLED, clock.millis(), null));
        Thread thread = threads.get(number);
        if (thread != null) {
            thread.interrupt();
        }
        return cancelled;
    }

    /** Changes one that has not ended. */
    private synchronized boolean change(long number, UnaryOperator<ReplayRecord> change) {
        ReplayRecord record = records.get(number);
        if (record == null || record.hasEnded()) {
            return false;
        }
        ReplayRecord next = change.apply(record);
        files.store(Long.toString(next.number()), next);
        records.put(number, next);
        return true;
    }

    private void launch(long number) {
        threads.put(number, Thread.ofVirtual().name("replay-" + number).start(() -> run(number)));
    }

    private void run(long number) {
        try {
            running.acquire();
            try {
                change(number, record -> record.to(State.RUNNING, clock.millis(), null));
                while (!closed && page(number)) {
                    // the next page
                }
            } finally {
                running.release();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // cancelled, or the node stops
        } catch (RuntimeException e) {
            if (!closed) {
                log.atError().addKeyValue("replay", number).setCause(e).log("A replay failed");
                change(number, record -> record.to(State.FAILED, clock.millis(), String.valueOf(e.getMessage())));
            }
        } finally {
            threads.remove(number);
        }
    }

    /** One page; false at the end. */
    private boolean page(long number) throws InterruptedException {
        long started = System.nanoTime();
        ReplayRecord record = records.get(number);
        if (record == null || record.hasEnded()) {
            return false;
        }
        try {
            if (target.waiting(record.destination()) > config.waitingMax()) {
                TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
                return true;
            }
            List<ReplayTarget.Past> events = hand(record);
            if (events.isEmpty()) {
                change(number, now -> now.to(State.DONE, clock.millis(), null));
                return false;
            }
            long nanos = TimeUnit.SECONDS.toNanos(events.size()) / record.rate() - (System.nanoTime() - started);
            TimeUnit.NANOSECONDS.sleep(Math.max(0, nanos));
        } catch (PlatformException e) {
            if (!passes(e)) {
                throw e;
            }
            trouble(number, e.getMessage());
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
        }
        return true;
    }

    /** Whether it may go better later. */
    private static boolean passes(PlatformException e) {
        return e instanceof QueryException query
                ? query.reason() == Reason.ENGINE || query.reason() == Reason.TIME
                : switch (e.problem()) {
                    case OVERLOADED, DESTINATION_FAILED, STORAGE_FAILED, NOT_OWNER -> true;
                    case INVALID_REQUEST, UNAUTHORIZED, NOT_FOUND, INVALID_CONFIG, INTERNAL -> false;
                };
    }

    private void trouble(long number, @Nullable String why) {
        ReplayRecord record = records.get(number);
        if (record != null && !record.hasEnded()) {
            records.put(number, record.to(State.RUNNING, 0, why));
        }
    }

    private List<ReplayTarget.Past> hand(ReplayRecord record) {
        PastEvents page = new PastEvents(record.workspace());
        int size = Math.min(PAGE, Math.max(1, record.rate()));
        String sql = "SELECT " + PastEvents.COLUMNS + " FROM events WHERE " + record.rest()
                + " ORDER BY epoch_us(timestamp), message_id LIMIT " + size;
        try (Engines.Lease lease = engines.lease(record.workspace())) {
            Limits limits =
                    engines.config().limits().within(engines.config().timeMax()).rows(size);
            read(lease, sql, record.workspace(), limits, page);
        }
        List<ReplayTarget.Past> events = page.events();
        if (!events.isEmpty()) {
            target.hand(record.destination(), record.number(), record.done(), events);
            String last = events.getLast().event().messageId();
            change(record.number(), now -> now.handed(events.size(), page.lastMicros(), last));
        }
        return events;
    }

    private void read(Engines.Lease lease, String sql, String workspace, Limits limits, RowSink sink) {
        reader.read(
                lease.engine(),
                sql,
                new Reader.Scope(workspace, Optional.empty(), Optional.empty()),
                limits,
                (engine, dataset) -> engine.run(sql, dataset, ResultForm.NDJSON, limits, sink));
    }

    /** Stops; what has not ended goes on at the next start. */
    @Override
    public void close() {
        closed = true;
        threads.values().forEach(Thread::interrupt);
    }
}
