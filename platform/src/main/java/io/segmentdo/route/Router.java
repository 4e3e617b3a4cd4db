package io.segmentdo.route;

import io.segmentdo.event.Event;
import io.segmentdo.identity.IdentityVerticle;
import io.segmentdo.identity.Partitions;
import io.segmentdo.spool.Spool;
import io.segmentdo.spool.SpoolRecord;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Reads the spool in order, hands each event to the lane that owns its partition, and releases what is committed.
 *
 * <p>Each lane has one batch under way; while it works, the next batch gathers, so batches grow with the load by
 * themselves and an idle system adds no wait. A batch that is refused or unanswered is sent again as it was, after a
 * pause, while the other lanes go on: order within a partition holds, and what was committed twice is dropped by its
 * messageId. What is read and not committed is bounded, the rest waits in the spool.
 *
 * <p>Deployed once per node as a worker with one thread, on which everything here runs.
 */
public final class Router extends VerticleBase {
    private static final int RECORDS_PER_READ = 1024;

    private final Spool spool;
    private final RouteConfig config;
    private final int partitions;
    private final int lanes;

    // any thread
    private final AtomicBoolean woken = new AtomicBoolean();

    // router thread only
    private final List<LaneQueue> queues = new ArrayList<>();
    private final List<Waiter> waiters = new ArrayList<>();
    private Window window = new Window(0);
    private long readPosition;
    private long releasedPosition;
    private @Nullable AutoCloseable wakeUp;
    private boolean stopped;

    private record Waiter(long position, Promise<Void> promise) {}

    /** Routes from this spool to the lanes that share so many identity partitions. */
    public Router(Spool spool, RouteConfig config, int partitions, int lanes) {
        this.spool = spool;
        this.config = config;
        this.partitions = partitions;
        this.lanes = lanes;
    }

    @Override
    public Future<?> start() {
        String id = UUID.randomUUID().toString();
        readPosition = spool.firstPosition();
        releasedPosition = readPosition;
        window = new Window(readPosition);
        for (int lane = 0; lane < lanes; lane++) {
            queues.add(new LaneQueue(vertx, config, id, IdentityVerticle.address(lane), this::committed));
        }
        wakeUp = spool.onDurable(this::wake);
        wake();
        return Future.succeededFuture();
    }

    /** Stops reading and waits until the batches under way are answered, at most the answer timeout. */
    @Override
    public Future<?> stop() throws Exception {
        stopped = true;
        if (wakeUp != null) {
            wakeUp.close();
        }
        List<Future<Void>> ends = queues.stream().map(LaneQueue::stop).toList();
        return Future.join(ends).eventually(() -> {
            release();
            return Future.succeededFuture();
        });
    }

    /**
     * Completes when every event of a spool record is committed by the owner of its partition. Any thread.
     *
     * @param position the position that the spool acknowledged
     */
    public Future<Void> committed(long position) {
        Promise<Void> promise = Promise.promise();
        context.runOnContext(ignored -> {
            if (position < readPosition && window.hasCommitted(position)) {
                promise.complete();
            } else {
                waiters.add(new Waiter(position, promise));
            }
        });
        return promise.future();
    }

    /** Called after each group commit of the spool, on its thread; many calls cost one task. */
    private void wake() {
        Context router = context;
        if (router != null && woken.compareAndSet(false, true)) {
            router.runOnContext(ignored -> {
                woken.set(false);
                pump();
            });
        }
    }

    private void pump() {
        if (stopped) {
            return;
        }
        boolean more = true;
        while (more && hasRoom()) {
            List<SpoolRecord> records = spool.read(
                    readPosition, RECORDS_PER_READ, config.windowBytes().bytes() - window.bytes());
            records.forEach(this::route);
            more = !records.isEmpty();
        }
        queues.forEach(LaneQueue::sendNext);
    }

    private boolean hasRoom() {
        return window.events() < config.windowEvents()
                && window.bytes() < config.windowBytes().bytes();
    }

    private void route(SpoolRecord record) {
        List<Event> events = record.events();
        long bytes = 0;
        for (Event event : events) {
            bytes += event.json().length();
        }
        Window.Pending pending = window.add(record.position(), events.size(), bytes);
        for (Event event : events) {
            queues.get(laneOf(event)).add(event, pending);
        }
        readPosition = record.position() + 1;
    }

    private int laneOf(Event event) {
        return Partitions.of(event, partitions) % lanes;
    }

    /** A lane has committed these. */
    private void committed(List<Window.Pending> committed) {
        committed.forEach(window::commit);
        release();
        if (!waiters.isEmpty()) {
            waiters.removeIf(waiter -> {
                boolean done = window.hasCommitted(waiter.position);
                if (done) {
                    waiter.promise.complete();
                }
                return done;
            });
        }
        pump();
    }

    private void release() {
        long endPosition = window.advance(readPosition);
        if (endPosition > releasedPosition) {
            spool.release(endPosition);
            releasedPosition = endPosition;
        }
    }
}
