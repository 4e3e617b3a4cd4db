package io.segmentdo.warehouse.load;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** What is measured about loads; counters for the warehouse's thread, gauges for any. */
public final class LoadMeters {
    private final Counter rows;
    private final Counter failures;
    private final Counter expired;
    private final Counter conflicts;
    private final Timer commits;
    private final AtomicLong oldestMillis = new AtomicLong();

    /** Registers the meters. */
    public LoadMeters(MeterRegistry registry, InstantSource clock) {
        rows = counter(registry, "rows", "Rows that were committed to tables");
        failures = counter(registry, "failures", "Loads that failed and are tried again");
        expired = counter(registry, "expired", "Entries that had left the outbox before the warehouse had them");
        conflicts = counter(registry, "conflicts", "Values that did not fit the columns of their properties");
        commits = Timer.builder("segmentdo.warehouse.commit")
                .description("From the end of reading until a load can be queried")
                .serviceLevelObjectives(
                        Duration.ofMillis(50), Duration.ofMillis(250), Duration.ofSeconds(1), Duration.ofSeconds(10))
                .register(registry);
        TimeGauge.builder(
                        "segmentdo.warehouse.oldest.age",
                        oldestMillis,
                        TimeUnit.MILLISECONDS,
                        oldest -> oldest.get() == 0 ? 0 : Math.max(0, clock.millis() - oldest.get()))
                .description("Age of the oldest event that was read and cannot be queried yet")
                .register(registry);
    }

    private static Counter counter(MeterRegistry registry, String name, String description) {
        return Counter.builder("segmentdo.warehouse." + name)
                .description(description)
                .register(registry);
    }

    void committed(long count, long nanos) {
        rows.increment((double) count);
        commits.record(Duration.ofNanos(nanos));
    }

    void failed() {
        failures.increment();
    }

    void expired(long count) {
        expired.increment((double) count);
    }

    void oldest(long receivedAtMillis) {
        oldestMillis.set(receivedAtMillis);
    }

    /** Counts values that did not fit. */
    public Counter conflicts() {
        return conflicts;
    }
}
