package io.segmentdo.route;

import io.segmentdo.event.Event;
import io.segmentdo.identity.EventBatch;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The events that wait for one lane, and the one batch that it works on. Confined to the router's thread. */
final class LaneQueue {
    private static final Logger log = LoggerFactory.getLogger(LaneQueue.class);

    private final Vertx vertx;
    private final RouteConfig config;
    private final String router;
    private final String address;
    private final Consumer<List<Window.Pending>> committed;
    private final DeliveryOptions options;

    private final ArrayDeque<Routed> waiting = new ArrayDeque<>();
    private long batches;
    private boolean underWay;
    private int refusals;
    private @Nullable Promise<Void> stopping;

    private record Routed(Event event, Window.Pending pending) {}

    LaneQueue(
            Vertx vertx, RouteConfig config, String router, String address, Consumer<List<Window.Pending>> committed) {
        this.vertx = vertx;
        this.config = config;
        this.router = router;
        this.address = address;
        this.committed = committed;
        this.options = new DeliveryOptions()
                .setSendTimeout(config.answerTimeout().toMillis())
                .setLocalOnly(true);
    }

    void add(Event event, Window.Pending pending) {
        waiting.add(new Routed(event, pending));
    }

    /** Sends what has gathered, unless a batch is under way. */
    void sendNext() {
        if (underWay || waiting.isEmpty() || stopping != null) {
            return;
        }
        int size = Math.min(waiting.size(), config.batchEvents());
        List<Event> events = new ArrayList<>(size);
        List<Window.Pending> pending = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            Routed next = waiting.remove();
            events.add(next.event);
            pending.add(next.pending);
        }
        underWay = true;
        send(new EventBatch(router, ++batches, events), pending);
    }

    /** Ends when the batch under way has been answered. */
    Future<Void> stop() {
        Promise<Void> ended = Promise.promise();
        stopping = ended;
        if (!underWay) {
            ended.complete();
        }
        return ended.future();
    }

    private void send(EventBatch batch, List<Window.Pending> pending) {
        vertx.eventBus().<Void>request(address, batch, options).onComplete(answer -> {
            if (answer.succeeded()) {
                refusals = 0;
                ended();
                committed.accept(pending);
            } else {
                sendAgain(batch, pending, answer.cause());
            }
        });
    }

    private void sendAgain(EventBatch batch, List<Window.Pending> pending, Throwable cause) {
        if (stopping != null) {
            ended();
            return;
        }
        Duration delay = pause();
        log.atWarn()
                .addKeyValue("lane", address)
                .addKeyValue("events", batch.events().size())
                .addKeyValue("delay", delay)
                .addKeyValue("reason", String.valueOf(cause.getMessage()))
                .log("Identity lane did not take a batch, sending it again");
        vertx.setTimer(delay.toMillis(), ignored -> send(batch, pending));
    }

    private Duration pause() {
        long doubled = config.retryDelay().toMillis() << Math.min(refusals++, 20);
        return Duration.ofMillis(Math.min(doubled, config.retryDelayMax().toMillis()));
    }

    private void ended() {
        underWay = false;
        if (stopping != null) {
            stopping.tryComplete();
        }
    }
}
