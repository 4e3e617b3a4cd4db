package io.segmentdo.delivery;

import io.segmentdo.api.Batching;
import io.segmentdo.api.BlockingConnector;
import io.segmentdo.api.Connector;
import io.segmentdo.api.Delivery;
import io.segmentdo.api.Descriptor;
import io.segmentdo.api.Destination;
import io.segmentdo.api.DestinationContext;
import io.segmentdo.api.OutboundEvent;
import io.segmentdo.api.Settings;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** A destination that remembers what it delivered and does what the test says. */
final class Recorder implements Destination {
    private final Descriptor descriptor;
    private final List<String> delivered = new CopyOnWriteArrayList<>();
    private final List<Object> payloads = new CopyOnWriteArrayList<>();
    private final Map<String, AtomicInteger> attempts = new ConcurrentHashMap<>();
    private volatile Function<OutboundEvent, Delivery> outcome = event -> Delivery.delivered();

    Recorder(String id) {
        this(id, Batching.OFF);
    }

    Recorder(String id, Batching batching) {
        descriptor = Descriptor.of(id, "Recorder").batching(batching);
    }

    void outcome(Function<OutboundEvent, Delivery> next) {
        outcome = next;
    }

    List<String> delivered() {
        return List.copyOf(delivered);
    }

    List<Object> payloads() {
        return List.copyOf(payloads);
    }

    int attempts(String messageId) {
        AtomicInteger count = attempts.get(messageId);
        return count == null ? 0 : count.get();
    }

    @Override
    public Descriptor descriptor() {
        return descriptor;
    }

    @Override
    public Connector connect(Settings settings, DestinationContext context) {
        return (BlockingConnector) batch -> batch.stream().map(this::deliver).toList();
    }

    private Delivery deliver(OutboundEvent event) {
        attempts.computeIfAbsent(event.messageId(), k -> new AtomicInteger()).incrementAndGet();
        Delivery result = outcome.apply(event);
        if (result instanceof Delivery.Delivered) {
            delivered.add(event.messageId());
            payloads.add(event.payload());
        }
        return result;
    }
}
