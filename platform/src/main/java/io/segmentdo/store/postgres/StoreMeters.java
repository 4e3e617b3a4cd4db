package io.segmentdo.store.postgres;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** The meters of the store on PostgreSQL. Safe for concurrent use. */
final class StoreMeters {
    private final MeterRegistry registry;
    private final Timer commits;
    private final Counter retries;
    private final Counter refused;
    private final DistributionSummary changes;

    StoreMeters(MeterRegistry registry) {
        this.registry = registry;
        this.commits = Timer.builder("segmentdo.store.commit")
                .description("Time of one durable commit, its sync included")
                .register(registry);
        this.retries = Counter.builder("segmentdo.store.retries")
                .description("Calls to the database that were repeated because it was away")
                .register(registry);
        this.refused = Counter.builder("segmentdo.store.refused")
                .description("Commits of a partition that were refused because it has another owner")
                .register(registry);
        this.changes = DistributionSummary.builder("segmentdo.store.transaction")
                .description("Changes in one transaction, those of several lanes together")
                .baseUnit("changes")
                .register(registry);
    }

    void watch(Supplier<Number> waiting, BooleanSupplier isReached, Supplier<Number> owned) {
        Gauge.builder("segmentdo.store.waiting", waiting)
                .description("Commits that wait for a connection or for the database")
                .register(registry);
        Gauge.builder("segmentdo.store.reached", isReached, reached -> reached.getAsBoolean() ? 1 : 0)
                .strongReference(true)
                .description("Whether the database could be reached when it was last tried")
                .register(registry);
        Gauge.builder("segmentdo.store.owned", owned)
                .description("Partitions that this node owns in the database")
                .register(registry);
    }

    void committed(Runnable commit) {
        commits.record(commit);
    }

    void retried() {
        retries.increment();
    }

    void refused(int partitions) {
        refused.increment(partitions);
    }

    void transaction(int size) {
        changes.record(size);
    }
}
