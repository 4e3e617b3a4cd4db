package io.segmentdo.cluster;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;

/** Counts partitions and their moves. Safe for concurrent use. */
final class ClaimMeters {
    private final Counter taken;
    private final Counter released;
    private final Counter lost;
    private final Timer takeover;
    private final Timer ownerless;

    ClaimMeters(MeterRegistry registry, IntSupplier owned, IntSupplier wanted) {
        gauge(registry, "segmentdo.partitions.owned", "Partitions that this node owns", owned);
        gauge(registry, "segmentdo.partitions.wanted", "Partitions that this node should own", wanted);
        this.taken = moves(registry, "taken");
        this.released = moves(registry, "released");
        this.lost = moves(registry, "lost");
        this.takeover = Timer.builder("segmentdo.partitions.takeover")
                .description(
                        "Time from when a partition should be owned here until it was, its former owner's lease included")
                .register(registry);
        this.ownerless = Timer.builder("segmentdo.partitions.ownerless")
                .description(
                        "Time in which a partition that was handed over to this node had no owner, by the clocks of both")
                .register(registry);
    }

    private static void gauge(MeterRegistry registry, String name, String description, IntSupplier value) {
        Gauge.builder(name, value, IntSupplier::getAsInt)
                .description(description)
                .strongReference(true)
                .register(registry);
    }

    private static Counter moves(MeterRegistry registry, String direction) {
        return Counter.builder("segmentdo.partitions.moves")
                .description(
                        "Partitions that came to this node, were given up by it, or were lost by a lane that failed or"
                                + " was replaced")
                .tag("direction", direction)
                .register(registry);
    }

    void taken(long nanos) {
        taken.increment();
        takeover.record(nanos, TimeUnit.NANOSECONDS);
    }

    void handedOver(long ownerlessMillis) {
        ownerless.record(ownerlessMillis, TimeUnit.MILLISECONDS);
    }

    void released(int partitions) {
        released.increment(partitions);
    }

    void lost(int partitions) {
        lost.increment(partitions);
    }
}
