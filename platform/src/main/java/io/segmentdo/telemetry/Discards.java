package io.segmentdo.telemetry;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * Everything that was not taken, counted by source and reason, with the latest samples of each.
 *
 * <p>Whoever discards calls {@link #count} for all of it and {@link #sample} for what is worth showing. Safe for
 * concurrent use; never blocks on I/O.
 */
public final class Discards {
    /** The source under which discards are counted once {@code kinds-max} pairs are known. */
    public static final String OTHER_SOURCE = "other";

    private record Kind(String source, String reason) {}

    /** How many events a source lost for one reason since the start. */
    public record Count(String source, String reason, long events) {}

    private final MeterRegistry meters;
    private final DiscardsConfig config;
    private final InstantSource clock;
    private final Map<Kind, Tally> tallies = new ConcurrentHashMap<>();
    private final AtomicInteger kinds = new AtomicInteger();
    private final LongAdder total = new LongAdder();

    public Discards(MeterRegistry meters, DiscardsConfig config, InstantSource clock) {
        this.meters = meters;
        this.config = config;
        this.clock = clock;
    }

    /** Counts events of a source that were discarded for a reason. */
    public void count(String source, String reason, int events) {
        tally(source, reason).count(events);
        total.add(events);
    }

    /** Keeps a sample; it is not counted. */
    public void sample(String source, String reason, String detail, byte[] payloadExcerpt) {
        int length =
                (int) Math.min(payloadExcerpt.length, config.excerptBytesMax().bytes());
        String excerpt = new String(payloadExcerpt, 0, length, StandardCharsets.UTF_8);
        tally(source, reason).keep(new Discard(source, reason, detail, excerpt, clock.instant()), config.samplesMax());
    }

    /** The samples of all sources and reasons, the newest first. */
    public List<Discard> samples() {
        List<Discard> all = new ArrayList<>();
        tallies.values().forEach(tally -> tally.copyTo(all));
        all.sort(Comparator.comparing(Discard::at).reversed());
        return List.copyOf(all);
    }

    /** What was counted since the start, the most frequent first. */
    public List<Count> counts() {
        return tallies.entrySet().stream()
                .map(entry -> new Count(
                        entry.getKey().source(),
                        entry.getKey().reason(),
                        entry.getValue().events()))
                .sorted(Comparator.comparingLong(Count::events).reversed())
                .toList();
    }

    /** All events that were counted since the start. */
    public long total() {
        return total.sum();
    }

    private Tally tally(String source, String reason) {
        Kind kind = new Kind(source, reason);
        Tally known = tallies.get(kind);
        if (known != null) {
            return known;
        }
        // A handful of threads may pass the bound together; it keeps memory in check, it is not a quota.
        Kind admitted = kinds.get() < config.kindsMax() ? kind : new Kind(OTHER_SOURCE, reason);
        return tallies.computeIfAbsent(admitted, this::open);
    }

    private Tally open(Kind kind) {
        kinds.incrementAndGet();
        return new Tally(Counter.builder("segmentdo.discarded")
                .description("Events that were not taken")
                .baseUnit("events")
                .tag("source", kind.source())
                .tag("reason", kind.reason())
                .register(meters));
    }

    private static final class Tally {
        private final Counter counter;
        private final LongAdder events = new LongAdder();
        // guarded by this
        private final Deque<Discard> samples = new ArrayDeque<>();

        Tally(Counter counter) {
            this.counter = counter;
        }

        void count(int more) {
            events.add(more);
            counter.increment(more);
        }

        long events() {
            return events.sum();
        }

        synchronized void keep(Discard sample, int samplesMax) {
            samples.addLast(sample);
            while (samples.size() > samplesMax) {
                samples.removeFirst();
            }
        }

        synchronized void copyTo(List<Discard> all) {
            all.addAll(samples);
        }
    }
}
