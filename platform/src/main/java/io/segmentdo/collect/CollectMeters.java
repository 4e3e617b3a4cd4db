package io.segmentdo.collect;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/** The meters of the tracking endpoints. Safe for concurrent use. */
final class CollectMeters {
    /** How a request ended. */
    enum Outcome {
        SUCCESS,
        INVALID,
        RATE_LIMITED,
        OVERLOADED,
        /** The events are durable, but were not committed in time; they are sent again and dropped by their messageId. */
        NOT_COMMITTED,
        /** A bug. */
        FAILED,
        /** The body did not arrive in time. */
        TIMED_OUT,
        /** The sender went away. */
        ABORTED
    }

    private final MeterRegistry registry;
    private final Map<Outcome, Counter> requests = new EnumMap<>(Outcome.class);
    private final Timer durable;

    CollectMeters(MeterRegistry registry) {
        this.registry = registry;
        for (Outcome outcome : Outcome.values()) {
            requests.put(
                    outcome,
                    Counter.builder("segmentdo.collect.requests")
                            .description("Tracking requests by how they ended")
                            .baseUnit("requests")
                            .tag("outcome", outcome.name().toLowerCase(Locale.ROOT))
                            .register(registry));
        }
        durable = Timer.builder("segmentdo.collect.durable")
                .description("From the last byte of a body to its events being durable")
                .serviceLevelObjectives(Duration.ofMillis(1), Duration.ofMillis(10), Duration.ofMillis(100))
                .register(registry);
    }

    void watch(InFlight inFlight) {
        Gauge.builder("segmentdo.collect.in.flight", inFlight, InFlight::bytes)
                .description("Bodies that are being read")
                .baseUnit("bytes")
                .register(registry);
        Gauge.builder("segmentdo.collect.in.flight.limit", inFlight, InFlight::limit)
                .description("Bodies that may be read at the same time")
                .baseUnit("bytes")
                .register(registry);
    }

    void ended(Outcome outcome) {
        Counter counter = requests.get(outcome);
        if (counter != null) {
            counter.increment();
        }
    }

    Timer durable() {
        return durable;
    }

    Counter accepted(String source) {
        return Counter.builder("segmentdo.collect.accepted")
                .description(
                        "Events that were answered with success, including those that were discarded with a reason")
                .baseUnit("events")
                .tag("source", source)
                .register(registry);
    }

    Counter truncated(String source) {
        return Counter.builder("segmentdo.collect.truncated")
                .description("Events that lost properties because they had too many")
                .baseUnit("events")
                .tag("source", source)
                .register(registry);
    }
}
