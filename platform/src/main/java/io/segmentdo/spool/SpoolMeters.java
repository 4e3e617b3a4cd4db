package io.segmentdo.spool;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

/** The meters of the spool. Safe for concurrent use. */
final class SpoolMeters {
    private final MeterRegistry registry;
    private final Timer group;
    private final DistributionSummary groupRecords;
    private final Counter failures;

    SpoolMeters(MeterRegistry registry) {
        this.registry = registry;
        group = Timer.builder("segmentdo.spool.write")
                .description("Time of one group write, its sync included")
                .register(registry);
        groupRecords = DistributionSummary.builder("segmentdo.spool.group")
                .description("Requests that shared one sync")
                .baseUnit("records")
                .register(registry);
        failures = Counter.builder("segmentdo.spool.failures")
                .description("Group writes that the disk refused")
                .register(registry);
    }

    void written(int records, long nanos) {
        group.record(nanos, TimeUnit.NANOSECONDS);
        groupRecords.record(records);
    }

    void failed() {
        failures.increment();
    }

    /** Depth, limit and age of the oldest. */
    void watch(Spool spool, SpoolConfig config) {
        gauge("segmentdo.spool.depth", "events", "Events that wait to be identified", spool, Spool::depthEvents);
        gauge("segmentdo.spool.bytes", "bytes", "Bytes that wait to be identified", spool, Spool::depthBytes);
        gauge(
                "segmentdo.spool.limit",
                "bytes",
                "Bytes that may wait to be identified",
                spool,
                waiting -> config.maxBytes().bytes());
        gauge(
                "segmentdo.spool.age",
                "seconds",
                "Age of the oldest waiting event",
                spool,
                waiting -> waiting.ageOfOldest().toMillis() / 1000.0);
        gauge("segmentdo.spool.queue.bytes", "bytes", "Bytes that wait for the disk", spool, Spool::queuedBytes);
        gauge(
                "segmentdo.spool.queue.limit",
                "bytes",
                "Bytes that may wait for the disk",
                spool,
                waiting -> config.maxQueueBytes().bytes());
        gauge(
                "segmentdo.spool.open",
                "flag",
                "1 while events are accepted, 0 while they are refused",
                spool,
                waiting -> waiting.refusal().isPresent() ? 0 : 1);
    }

    private void gauge(String name, String unit, String description, Spool spool, ToDoubleFunction<Spool> value) {
        Gauge.builder(name, spool, value)
                .description(description)
                .baseUnit(unit)
                .register(registry);
    }
}
