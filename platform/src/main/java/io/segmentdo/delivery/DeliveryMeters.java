package io.segmentdo.delivery;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/** The meters of one destination; they go when it goes. Counters are for its lane, gauges for any thread. */
final class DeliveryMeters implements AutoCloseable {
    /** What became of events of a replay. */
    enum Replayed {
        TAKEN,
        DELIVERED,
        FILTERED,
        DEAD
    }

    private static final Duration[] LATENCIES = {
        Duration.ofMillis(2),
        Duration.ofMillis(5),
        Duration.ofMillis(10),
        Duration.ofMillis(25),
        Duration.ofMillis(50),
        Duration.ofMillis(100),
        Duration.ofMillis(250),
        Duration.ofSeconds(1),
        Duration.ofSeconds(5),
        Duration.ofSeconds(30),
        Duration.ofMinutes(5),
        Duration.ofHours(1)
    };

    private final MeterRegistry registry;
    private final String destination;
    private final List<Meter> meters = new ArrayList<>();
    private final Map<String, Counter> filtered = new HashMap<>();
    private final Map<Replayed, Counter> replayed = new EnumMap<>(Replayed.class);
    private final Counter delivered;
    private final Counter retried;
    private final Counter dead;
    private final Counter refused;
    private final Timer attempt;
    private final Timer latency;

    DeliveryMeters(Services services, String destination, Supplier<DestinationCounts> counts) {
        this.registry = services.meters();
        DeliveryConfig config = services.config();
        InstantSource clock = services.clock();
        this.destination = destination;
        delivered = counter("delivered", "Deliveries that the destination has");
        retried = counter("retried", "Attempts that failed and are repeated");
        dead = counter("dead", "Deliveries that were given up");
        refused = counter("unauthorized", "Pauses because the destination did not accept the credentials");
        attempt = timer("attempt", "From the start of an attempt to its response");
        latency = timer("latency", "From the receipt of an event to its delivery");
        gauge("depth", "Deliveries that are not settled", counts, DestinationCounts::waiting);
        gauge("retries", "Deliveries that wait for another attempt", counts, DestinationCounts::retrying);
        gauge("retries.limit", "How many may wait for another attempt", counts, c -> config.retryQueueMax());
        gauge("dead.letters", "Dead letters that are kept", counts, DestinationCounts::deadLetters);
        gauge("dead.letters.limit", "How many dead letters may be kept", counts, c -> config.deadLettersMax());
        gauge("oldest.age.seconds", "Age of the oldest event that is not settled", counts, c -> age(clock, c));
        gauge("taken", "Deliveries it was responsible for since the start", counts, DestinationCounts::taken);
        gauge("ledger.difference", "Taken, minus all that is accounted for; zero at rest", counts, c -> c.difference());
    }

    private static double age(InstantSource clock, DestinationCounts counts) {
        return counts.oldestMillis() == 0 ? 0 : Math.max(0, clock.millis() - counts.oldestMillis()) / 1e3;
    }

    void delivered(long latencyMillis) {
        delivered.increment();
        latency.record(Duration.ofMillis(Math.max(0, latencyMillis)));
    }

    /** An old event: how long ago it was received says nothing. */
    void delivered() {
        delivered.increment();
    }

    void replayed(Replayed outcome, long deliveries) {
        replayed.computeIfAbsent(outcome, this::replayCounter).increment((double) deliveries);
    }

    private Counter replayCounter(Replayed outcome) {
        return register(Counter.builder("segmentdo.delivery.replayed")
                .description("Deliveries of replays, which are part of the other counts too")
                .tag("destination", destination)
                .tag("outcome", outcome.name().toLowerCase(Locale.ROOT))
                .register(registry));
    }

    void retried() {
        retried.increment();
    }

    void refused() {
        refused.increment();
    }

    void dead() {
        dead.increment();
    }

    void filtered(String reason, long events) {
        filtered.computeIfAbsent(reason, this::filterCounter).increment((double) events);
    }

    void attempted(long nanos) {
        attempt.record(Duration.ofNanos(nanos));
    }

    private Counter filterCounter(String reason) {
        return register(Counter.builder("segmentdo.delivery.filtered")
                .description("Events that were not for the destination")
                .tag("destination", destination)
                .tag("reason", reason)
                .register(registry));
    }

    private Counter counter(String name, String description) {
        return register(Counter.builder("segmentdo.delivery." + name)
                .description(description)
                .tag("destination", destination)
                .register(registry));
    }

    private Timer timer(String name, String description) {
        return register(Timer.builder("segmentdo.delivery." + name)
                .description(description)
                .tag("destination", destination)
                .serviceLevelObjectives(LATENCIES)
                .register(registry));
    }

    private void gauge(
            String name,
            String description,
            Supplier<DestinationCounts> counts,
            ToDoubleFunction<DestinationCounts> value) {
        register(Gauge.builder("segmentdo.delivery." + name, counts, c -> value.applyAsDouble(c.get()))
                .strongReference(true)
                .description(description)
                .tag("destination", destination)
                .register(registry));
    }

    private <M extends Meter> M register(M meter) {
        meters.add(meter);
        return meter;
    }

    @Override
    public void close() {
        meters.forEach(registry::remove);
    }
}
