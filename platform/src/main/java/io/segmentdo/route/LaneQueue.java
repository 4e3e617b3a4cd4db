package io.segmentdo.route;

import io.segmentdo.event.Event;
import io.segmentdo.identity.BatchCommitted;
import io.segmentdo.identity.EventBatch;
import io.segmentdo.identity.NotOwned;
import io.segmentdo.identity.Place;
import io.segmentdo.route.PartitionQueue.Routed;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The partitions with events for one lane, which take turns, and the one batch that it works on.
 *
 * <p>A batch that was not answered, or refused as a whole, is sent again as it was while the lane has its partitions. When
 * one of them is another's, what was in the batch goes back to the partitions, each of which finds its own way. Confined to
 * the router's thread.
 */
final class LaneQueue {
    private static final Logger log = LoggerFactory.getLogger(LaneQueue.class);
    private static final int NOT_OWNED_DOUBLINGS = 2;

    /** What the router does with what comes of a batch. */
    interface Outcomes {
        /** All of it is durable; its partitions may be another lane's by now. */
        void committed(Map<PartitionQueue, List<Routed>> parts);

        /** Nothing came of it: its events wait again, for whoever owns these partitions by now. */
        void returned(Collection<PartitionQueue> partitions);
    }

    /** Where a lane is. */
    record Target(Place place, boolean isHere) {}

    private record Batch(EventBatch events, Map<PartitionQueue, List<Routed>> parts) {}

    private final Vertx vertx;
    private final RouteConfig config;
    private final String router;
    private final LongSupplier numbers;
    private final Place place;
    private final Outcomes outcomes;
    private final DeliveryOptions options;

    private final ArrayDeque<PartitionQueue> listed = new ArrayDeque<>();
    private @Nullable Batch underWay;
    private @Nullable Long backOff;
    private int refusals;
    private @Nullable Promise<Void> stopping;

    /**
     * With nothing to send.
     *
     * @param numbers numbers the batches of the router, each higher than all before it on any lane, so that a lane that comes
     *     back does not take a new batch for one that it has had
     */
    LaneQueue(Vertx vertx, RouteConfig config, String router, LongSupplier numbers, Target target, Outcomes outcomes) {
        this.numbers = numbers;
        this.vertx = vertx;
        this.config = config;
        this.router = router;
        this.place = target.place;
        this.outcomes = outcomes;
        this.options = new DeliveryOptions()
                .setSendTimeout(config.answerTimeout().toMillis())
                .setLocalOnly(target.isHere);
    }

    Place place() {
        return place;
    }

    void list(PartitionQueue partition) {
        listed.add(partition);
    }

    void strike(PartitionQueue partition) {
        listed.remove(partition);
    }

    /** Whether events of a partition are in the batch under way. */
    boolean works(PartitionQueue partition) {
        return underWay != null && underWay.parts.containsKey(partition);
    }

    /** Sends what has gathered, unless a batch is under way. */
    void sendNext() {
        if (underWay != null || listed.isEmpty() || stopping != null) {
            return;
        }
        Map<PartitionQueue, List<Routed>> parts = new LinkedHashMap<>();
        List<Event> events = new ArrayList<>();
        long bytes = 0;
        while (!listed.isEmpty() && isOpen(events.size(), bytes)) {
            PartitionQueue partition = listed.remove();
            ArrayDeque<Routed> waiting = partition.takeTurn();
            List<Routed> part = new ArrayList<>();
            while (!waiting.isEmpty() && isOpen(events.size(), bytes)) {
                Routed next = waiting.remove();
                part.add(next);
                events.add(next.event());
                bytes += next.event().json().length();
            }
            parts.put(partition, part);
        }
        parts.keySet().forEach(PartitionQueue::list);
        Batch batch = new Batch(new EventBatch(router, numbers.getAsLong(), events), parts);
        underWay = batch;
        send(batch);
    }

    private boolean isOpen(int events, long bytes) {
        return events < config.batchEvents() && bytes < config.batchBytes().bytes();
    }

    private boolean isUnderWay(Batch batch) {
        return underWay != null && underWay.events.number() == batch.events.number();
    }

    /** Sends the batch that waits for its next try at once. */
    void hurry() {
        Long timer = backOff;
        if (timer != null && vertx.cancelTimer(timer)) {
            backOff = null;
            refusals = 0;
            send(Objects.requireNonNull(underWay));
        }
    }

    /** Takes the batch back from a lane that will not answer any more. */
    void abandon() {
        Batch batch = underWay;
        if (batch != null) {
            end();
            batch.parts.forEach(PartitionQueue::putBack);
            outcomes.returned(batch.parts.keySet());
        }
    }

    /** Ends when the batch under way has been answered. */
    Future<Void> stop() {
        Promise<Void> ended = Promise.promise();
        stopping = ended;
        if (underWay == null || backOff != null) {
            end();
        }
        return ended.future();
    }

    private void send(Batch batch) {
        vertx.eventBus()
                .<BatchCommitted>request(place.address(), batch.events, options)
                .onComplete(answer -> answered(batch, answer));
    }

    private void answered(Batch batch, AsyncResult<Message<BatchCommitted>> answer) {
        if (!isUnderWay(batch)) {
            return; // it was taken back meanwhile
        }
        Throwable failure = answer.failed() ? answer.cause() : wrongAnswer(batch, answer.result());
        if (failure == null) {
            refusals = 0;
            end();
            batch.parts.keySet().forEach(PartitionQueue::resume);
            outcomes.committed(batch.parts);
            return;
        }
        if (stopping != null) {
            end();
            return;
        }
        Set<Integer> foreign = NotOwned.in(failure).orElse(Set.of());
        if (foreign.isEmpty()) {
            sendAgain(batch, failure);
        } else {
            refused(batch, foreign);
        }
    }

    private static @Nullable Throwable wrongAnswer(Batch batch, Message<BatchCommitted> answer) {
        try {
            BatchCommitted body = answer.body();
            return body.number() == batch.events.number() && body.router().equals(batch.events.router())
                    ? null
                    : new IllegalStateException("answer to another batch");
        } catch (RuntimeException forged) {
            return forged;
        }
    }

    private void sendAgain(Batch batch, Throwable cause) {
        Duration delay = pause();
        log.atWarn()
                .addKeyValue("lane", place.address())
                .addKeyValue("events", batch.events.events().size())
                .addKeyValue("delay", delay)
                .addKeyValue("reason", String.valueOf(cause.getMessage()))
                .log("Identity lane did not take a batch, sending it again");
        backOff = vertx.setTimer(delay.toMillis(), ignored -> {
            backOff = null;
            if (isUnderWay(batch)) {
                send(batch);
            }
        });
    }

    /** The partitions that are not owned wait a little, or until they are another's; the others go on at once. */
    private void refused(Batch batch, Set<Integer> foreign) {
        log.atDebug()
                .addKeyValue("lane", place.address())
                .addKeyValue("partitions", foreign)
                .log("Identity lane does not own partitions, they are sent again");
        end();
        long firstMillis = config.retryDelay().toMillis();
        batch.parts.forEach((partition, events) -> {
            if (foreign.contains(partition.partition())) {
                long millis = partition.pause(firstMillis, firstMillis << NOT_OWNED_DOUBLINGS);
                vertx.setTimer(Math.max(1, millis + 1), ignored -> outcomes.returned(List.of(partition)));
            }
            partition.putBack(events);
        });
        outcomes.returned(batch.parts.keySet());
    }

    private Duration pause() {
        long doubled = config.retryDelay().toMillis() << Math.min(refusals++, 20);
        return Duration.ofMillis(Math.min(doubled, config.retryDelayMax().toMillis()));
    }

    private void end() {
        underWay = null;
        Long timer = backOff;
        if (timer != null) {
            vertx.cancelTimer(timer);
            backOff = null;
        }
        if (stopping != null) {
            stopping.tryComplete();
        }
    }
}
