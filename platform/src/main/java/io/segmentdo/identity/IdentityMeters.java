package io.segmentdo.identity;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.segmentdo.telemetry.Discards;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/** Counts what became of events, by source, and what waits in the lanes. Safe for concurrent use. */
public final class IdentityMeters {
    /** Discarded because the messageId was seen within the dedupe window. */
    static final String DUPLICATE = "duplicate";
    /** Discarded because identity could not make sense of the event; kept among the dead letters. */
    static final String UNIDENTIFIABLE = "unidentifiable";

    private final MeterRegistry registry;
    private final Discards discards;
    private final Map<String, Counter> identifiedBySource = new ConcurrentHashMap<>();
    private final LongAdder identified = new LongAdder();
    private final LongAdder discarded = new LongAdder();
    private final AtomicLongArray waiting;
    private final Counter joinedLinks;
    private final Counter refusedLinks;
    private final Counter droppedTraits;

    /** Meters of so many lanes. */
    public IdentityMeters(MeterRegistry registry, Discards discards, int lanes) {
        this.registry = registry;
        this.discards = discards;
        this.waiting = new AtomicLongArray(lanes);
        this.joinedLinks = linksCounter("joined");
        this.refusedLinks = linksCounter("refused");
        this.droppedTraits = Counter.builder("segmentdo.identity.dropped")
                .description("Traits that found no room in their profile")
                .baseUnit("traits")
                .register(registry);
        Gauge.builder("segmentdo.identity.waiting", this, IdentityMeters::waiting)
                .description("Events that wait in identity partitions: for a decision about their user or on their way"
                        + " to another partition")
                .baseUnit("events")
                .register(registry);
    }

    /** Events put into an outbox since the process started. */
    public long identified() {
        return identified.sum();
    }

    /** Events that the lanes discarded, which are among all that were discarded. */
    public long discarded() {
        return discarded.sum();
    }

    /** Events that wait in the lanes. */
    public long waiting() {
        long sum = 0;
        for (int lane = 0; lane < waiting.length(); lane++) {
            sum += waiting.get(lane);
        }
        return sum;
    }

    /** Partitions came to a lane in which so many events wait. */
    void opened(int lane, Map<String, Long> waitingBySource) {
        waiting.addAndGet(
                lane,
                waitingBySource.values().stream().mapToLong(Long::longValue).sum());
    }

    /** Partitions left a lane in which so many events wait. */
    void closed(int lane, long waitingEvents) {
        waiting.addAndGet(lane, -waitingEvents);
    }

    /** A lane has lost its partitions: what waits in them is counted by whoever opens them next. */
    void reset(int lane) {
        waiting.set(lane, 0);
    }

    void applied(int lane, LaneResult result) {
        result.bySource().forEach((source, counts) -> {
            if (counts.identified() > 0) {
                identified.add(counts.identified());
                identifiedBySource
                        .computeIfAbsent(source, this::identifiedCounter)
                        .increment((double) counts.identified());
            }
            count(source, DUPLICATE, counts.duplicates());
            count(source, UNIDENTIFIABLE, counts.deadLettered());
            waiting.addAndGet(lane, counts.waiting());
        });
        joinedLinks.increment((double) result.joinedLinks());
        refusedLinks.increment((double) result.refusedLinks());
        droppedTraits.increment((double) result.droppedTraits());
    }

    private void count(String source, String reason, long events) {
        if (events > 0) {
            discarded.add(events);
            discards.count(source, reason, Math.toIntExact(events));
        }
    }

    private Counter linksCounter(String outcome) {
        return Counter.builder("segmentdo.identity.links")
                .description("Decisions of ledgers about two identifiers, by what they decided")
                .baseUnit("links")
                .tag("outcome", outcome)
                .register(registry);
    }

    private Counter identifiedCounter(String source) {
        return Counter.builder("segmentdo.identity.identified")
                .description("Events put into an outbox with the profile they belong to")
                .baseUnit("events")
                .tag("source", source)
                .register(registry);
    }
}
