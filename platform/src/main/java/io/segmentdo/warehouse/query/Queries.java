package io.segmentdo.warehouse.query;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.segmentdo.problem.PlatformException;
import io.segmentdo.problem.Problem;
import io.segmentdo.warehouse.engine.Engine;
import io.segmentdo.warehouse.engine.Engines;
import io.segmentdo.warehouse.engine.QueryException;
import io.segmentdo.warehouse.engine.Reason;
import io.segmentdo.warehouse.engine.RowSink;
import io.segmentdo.warehouse.engine.Summary;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The queries that run, each on the thread of its caller, and each to be cancelled by its id.
 *
 * <p>Safe for concurrent use.
 */
public final class Queries {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** A query that runs. */
    public record Running(String id, String workspace, String sql, Instant since) {}

    private record Entry(Running running, Engine engine) {}

    private final Engines engines;
    private final Reader reader;
    private final Freshness freshness;
    private final MeterRegistry meters;
    private final InstantSource clock;
    private final Map<String, Entry> running = new ConcurrentHashMap<>();

    public Queries(Engines engines, Reader reader, Freshness freshness, MeterRegistry meters, InstantSource clock) {
        this.engines = engines;
        this.reader = reader;
        this.freshness = freshness;
        this.meters = meters;
        this.clock = clock;
    }

    /** Runs a query to its end; fails with {@code OVERLOADED} when too many run. */
    public Summary run(QueryRequest request, RowSink sink) {
        long started = System.nanoTime();
        String outcome = "failed";
        if (request.fresh()) {
            catchUp();
        }
        try (Engines.Lease lease = engines.lease(request.workspace())) {
            Running entry = new Running(request.id(), request.workspace(), request.sql(), clock.instant());
            if (running.putIfAbsent(request.id(), new Entry(entry, lease.engine())) != null) {
                throw new PlatformException(
                        Problem.INVALID_REQUEST, "id: " + request.id() + " runs already (expected: another one)");
            }
            try {
                Reader.Scope scope = new Reader.Scope(request.workspace(), request.moment(), Optional.empty());
                Summary summary = reader.read(
                        lease.engine(),
                        request.sql(),
                        scope,
                        request.limits(),
                        (engine, dataset) ->
                                engine.run(request.sql(), dataset, request.form(), request.limits(), sink));
                outcome = "done";
                return summary;
            } finally {
                running.remove(request.id());
            }
        } catch (QueryException e) {
            outcome = e.reason().word();
            throw e;
        } catch (PlatformException e) {
            outcome = e.problem().code();
            throw e;
        } finally {
            Timer.builder("segmentdo.warehouse.query")
                    .description("Queries, from their start to their last row")
                    .tag("outcome", outcome)
                    .register(meters)
                    .record(Duration.ofNanos(System.nanoTime() - started));
        }
    }

    private void catchUp() {
        try {
            if (!freshness.catchUp(PATIENCE)) {
                throw new PlatformException(
                        Problem.OVERLOADED,
                        "fresh: the warehouse did not catch up within " + PATIENCE
                                + " (expected: later, or without fresh)");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PlatformException(Problem.OVERLOADED, "interrupted while the warehouse caught up", e);
        }
    }

    /** Ends a query; false when there is none of this id. */
    public boolean cancel(String id) {
        Entry entry = running.get(id);
        if (entry == null) {
            return false;
        }
        entry.engine().cancel(Reason.CANCELLED);
        return true;
    }

    /** What runs now. */
    public List<Running> running() {
        return running.values().stream().map(Entry::running).toList();
    }
}
