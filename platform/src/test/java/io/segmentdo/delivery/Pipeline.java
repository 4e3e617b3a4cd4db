package io.segmentdo.delivery;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.segmentdo.destination.Catalogue;
import io.segmentdo.destination.ConfiguredDestination;
import io.segmentdo.destination.Connection;
import io.segmentdo.destination.Subscription;
import io.segmentdo.event.Event;
import io.segmentdo.event.EventType;
import io.segmentdo.event.IdentifiedEvent;
import io.segmentdo.event.Utf8Json;
import io.segmentdo.store.Changes;
import io.segmentdo.store.Outbox;
import io.segmentdo.store.OutboxConfig;
import io.segmentdo.store.PartitionStore;
import io.segmentdo.temporary.TemporaryDirectory;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

/** An outbox that a test fills, and deliveries from it. */
final class Pipeline implements AutoCloseable {
    static final DeliveryConfig QUICK = Quick.config().build();

    private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(2));
    private final PartitionStore store;
    private final Outbox outbox;
    private final Deliveries deliveries;
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final TemporaryDirectory states = states();
    private final long[] epochs;
    private long published;

    Pipeline(PartitionStore store, Catalogue catalogue, DeliveryConfig config) {
        this.store = store;
        this.epochs = new long[store.partitions()];
        this.outbox = new Outbox(store, OutboxConfig.DEFAULT, meters, InstantSource.system());
        for (int partition = 0; partition < epochs.length; partition++) {
            epochs[partition] = store.open(partition);
            outbox.open(partition, epochs[partition]);
        }
        this.deliveries =
                new Deliveries(config, vertx, store, outbox, catalogue, meters, InstantSource.system(), states.path());
        for (int partition = 0; partition < epochs.length; partition++) {
            deliveries.own(partition, epochs[partition]);
        }
    }

    private static TemporaryDirectory states() {
        try {
            return new TemporaryDirectory("connectors");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Deliveries deliveries() {
        return deliveries;
    }

    Outbox outbox() {
        return outbox;
    }

    SimpleMeterRegistry meters() {
        return meters;
    }

    Vertx vertx() {
        return vertx;
    }

    /** A destination {@code w/<id>} that takes everything of the source {@code web}. */
    static ConfiguredDestination destination(String id, String plugin, Map<String, Object> settings) {
        return destination(id, plugin, settings, Subscription.ALL);
    }

    static ConfiguredDestination destination(
            String id, String plugin, Map<String, Object> settings, Subscription... subscriptions) {
        return new ConfiguredDestination(
                "w", id, plugin, true, false, settings, List.of(new Connection("web", true, List.of(subscriptions))));
    }

    static ConfiguredDestination ordered(ConfiguredDestination of) {
        return new ConfiguredDestination(
                of.workspace(), of.id(), of.plugin(), of.enabled(), true, of.settings(), of.connections());
    }

    static ConfiguredDestination disabled(ConfiguredDestination of) {
        return new ConfiguredDestination(
                of.workspace(), of.id(), of.plugin(), false, of.ordered(), of.settings(), of.connections());
    }

    /** Commits events m{from} to m{to - 1} of as many profiles as there are partitions, each to its partition. */
    void publish(int from, int to) {
        publish(IntStream.range(from, to)
                .mapToObj(i -> event(i, "p" + i % epochs.length))
                .toList());
    }

    static Event event(int number, String profile) {
        return event(number, profile, "\"integrations\":{}");
    }

    static Event event(int number, String profile, String more) {
        String json = "{\"type\":\"track\",\"event\":\"Order Completed\",\"messageId\":\"m" + number
                + "\",\"userId\":\"" + profile + "\",\"properties\":{\"n\":" + number + "}," + more + "}";
        long now = System.currentTimeMillis();
        return new Event(
                EventType.TRACK, "w", "web", "m" + number, profile, null, null, null, now, now, Utf8Json.of(json));
    }

    /** Commits events; the profile is the user id, and its hash decides on the partition. */
    void publish(List<Event> events) {
        List<List<Event>> byPartition = new ArrayList<>();
        for (int partition = 0; partition < epochs.length; partition++) {
            byPartition.add(new ArrayList<>());
        }
        for (Event event : events) {
            byPartition
                    .get(Math.floorMod(event.userId().hashCode(), epochs.length))
                    .add(event);
        }
        for (int partition = 0; partition < epochs.length; partition++) {
            if (!byPartition.get(partition).isEmpty()) {
                publish(partition, byPartition.get(partition));
            }
        }
    }

    private void publish(int partition, List<Event> events) {
        Changes changes = new Changes(partition, epochs[partition]);
        long tail = outbox.tail(partition);
        for (Event event : events) {
            outbox.add(changes, new IdentifiedEvent(partition, ++tail, event.userId(), event));
        }
        published += events.size();
        store.commit(List.of(changes));
        outbox.committed(partition, tail);
    }

    DestinationStatus status(String id) {
        return deliveries.statuses().stream()
                .filter(status -> status.destination().equals("w/" + id))
                .findFirst()
                .orElseThrow();
    }

    /** Waits until every destination has settled all that this pipeline has published, and its ledger balances. */
    void awaitSettled() {
        awaitSettled(published);
    }

    /** Waits until every destination has settled at least so many deliveries, and its ledger balances. */
    void awaitSettled(long taken) {
        await(() -> deliveries.statuses().stream()
                .map(DestinationStatus::counts)
                .allMatch(c -> c.taken() >= taken && c.waiting() == 0 && c.difference() == 0));
    }

    static void await(BooleanSupplier condition) {
        await(condition, Duration.ofSeconds(60));
    }

    static void await(BooleanSupplier condition, Duration atMost) {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("not within " + atMost);
            }
            try {
                Thread.sleep(2);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError(e);
            }
        }
    }

    /** Stops delivering; the store stays. */
    @Override
    public void close() {
        deliveries.close();
        try {
            vertx.close().toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
        states.close();
    }
}
