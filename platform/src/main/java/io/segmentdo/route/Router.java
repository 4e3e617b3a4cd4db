package io.segmentdo.route;

import io.segmentdo.event.Event;
import io.segmentdo.identity.Directory;
import io.segmentdo.identity.Partitions;
import io.segmentdo.identity.Place;
import io.segmentdo.priority.Priority;
import io.segmentdo.route.PartitionQueue.Routed;
import io.segmentdo.spool.Spool;
import io.segmentdo.spool.SpoolRecord;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Reads the spool in order, hands each event to the lane that owns its partition, and releases what is committed.
 *
 * <p>Each lane has one batch under way; while it works, the next batch gathers, so batches grow with the load by
 * themselves and an idle system adds no wait. A batch that is refused or unanswered is sent again as it was, after a
 * pause, while the other lanes go on. Who owns a partition may change at any time: its events then go to the new owner, in
 * the same order, once the former one has answered or left. So order within a partition holds, and what was committed
 * twice is dropped by its messageId. What is read and not committed is bounded, the rest waits in the spool.
 *
 * <p>Deployed once per node as a worker with one thread, on which everything here runs.
 */
public final class Router extends VerticleBase {
    private static final int RECORDS_PER_READ = 1024;

    private final Spool spool;
    private final RouteConfig config;
    private final Directory directory;
    private final String id = UUID.randomUUID().toString();

    // any thread
    private final AtomicBoolean woken = new AtomicBoolean();
    private final AtomicBoolean redirected = new AtomicBoolean();
    private final LongAdder committedEvents = new LongAdder();

    // router thread only
    private final List<PartitionQueue> partitions = new ArrayList<>();
    private final Map<Place, LaneQueue> lanes = new HashMap<>();
    private final List<Waiter> waiters = new ArrayList<>();
    private final LaneQueue.Outcomes outcomes = new LaneQueue.Outcomes() {
        @Override
        public void committed(Map<PartitionQueue, List<Routed>> parts) {
            parts.keySet().forEach(Router.this::direct);
            Router.this.committed(parts.values());
        }

        @Override
        public void returned(Collection<PartitionQueue> partitions) {
            partitions.forEach(Router.this::direct);
            sendNext();
        }
    };
    private Window window = new Window(0);
    private long batches;
    private long readPosition;
    private long releasedPosition;
    private @Nullable AutoCloseable wakeUp;
    private @Nullable AutoCloseable directoryChanges;
    private boolean stopped;

    private record Waiter(long position, Promise<Void> promise) {}

    /** Routes from this spool to the owners of so many identity partitions. */
    public Router(Spool spool, RouteConfig config, int partitions, Directory directory) {
        this.spool = spool;
        this.config = config;
        this.directory = directory;
        for (int partition = 0; partition < partitions; partition++) {
            this.partitions.add(new PartitionQueue(partition));
        }
    }

    @Override
    public Future<?> start() {
        Priority.BEHIND.take();
        readPosition = spool.firstPosition();
        releasedPosition = readPosition;
        window = new Window(readPosition);
        partitions.forEach(this::direct);
        directoryChanges = directory.onChange(this::redirectSoon);
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
        if (directoryChanges != null) {
            directoryChanges.close();
        }
        List<Future<Void>> ends = lanes.values().stream().map(LaneQueue::stop).toList();
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

    /** Lanes get what waits before more is read, so that they work meanwhile. */
    private void pump() {
        if (stopped) {
            return;
        }
        sendNext();
        boolean more = true;
        while (more && hasRoom()) {
            List<SpoolRecord> records = spool.read(
                    readPosition, RECORDS_PER_READ, config.windowBytes().bytes() - window.bytes());
            records.forEach(this::route);
            more = !records.isEmpty();
        }
        sendNext();
    }

    private void sendNext() {
        lanes.values().forEach(LaneQueue::sendNext);
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
            partitions.get(Partitions.of(event, partitions.size())).add(new Routed(event, pending));
        }
        readPosition = record.position() + 1;
    }

    // ---- owners

    /** Called on any thread when owners may have changed; many calls cost one task. */
    private void redirectSoon() {
        Context router = context;
        if (router != null && redirected.compareAndSet(false, true)) {
            router.runOnContext(ignored -> {
                redirected.set(false);
                redirect();
            });
        }
    }

    /** Lets every partition find its owner; what a member has that left is taken back from it. */
    private void redirect() {
        if (stopped) {
            return;
        }
        List<LaneQueue> gone = lanes.values().stream()
                .filter(lane -> !directory.isMember(lane.place()))
                .toList();
        gone.forEach(lane -> lanes.remove(lane.place()));
        gone.forEach(LaneQueue::abandon);
        for (PartitionQueue partition : partitions) {
            partition.resume();
            direct(partition);
        }
        for (LaneQueue lane : lanes.values()) {
            lane.hurry();
            lane.sendNext();
        }
    }

    /** Gives a partition to the lane of its owner, unless its former one still works for it. */
    private void direct(PartitionQueue partition) {
        LaneQueue former = partition.lane();
        if (former != null && former.works(partition)) {
            return;
        }
        Place place = directory.find(partition.partition());
        LaneQueue lane =
                place == null || !directory.isMember(place) ? null : lanes.computeIfAbsent(place, this::laneAt);
        if (lane == former) {
            partition.list();
        } else {
            partition.assign(lane);
        }
    }

    private LaneQueue laneAt(Place place) {
        LaneQueue.Target target = new LaneQueue.Target(place, directory.isHere(place));
        return new LaneQueue(vertx, config, id, () -> ++batches, target, outcomes);
    }

    // ---- commits

    /** Events that their owners have committed since the start. Any thread. */
    public long committedEvents() {
        return committedEvents.sum();
    }

    /** A lane has committed these. */
    private void committed(Collection<List<Routed>> parts) {
        for (List<Routed> events : parts) {
            events.forEach(routed -> window.commit(routed.pending()));
            committedEvents.add(events.size());
        }
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
