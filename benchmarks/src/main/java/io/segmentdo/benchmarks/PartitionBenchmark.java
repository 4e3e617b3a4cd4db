package io.segmentdo.benchmarks;

import io.segmentdo.event.Event;
import io.segmentdo.event.EventType;
import io.segmentdo.event.Utf8Json;
import io.segmentdo.identity.Partitions;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The partition of an event, by the hash of its first identifier; for comparison Java's hash of the same text. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class PartitionBenchmark {
    private static final int EVENTS = 1024;
    private static final int PARTITIONS = 64;

    private final Event[] events = new Event[EVENTS];
    private int next;

    public PartitionBenchmark() {
        for (int i = 0; i < EVENTS; i++) {
            String device = String.format(java.util.Locale.ROOT, "3c5b0c3e-5d3f-4f0a-8c68-%012x", i);
            events[i] = new Event(
                    EventType.TRACK, "acme", "site", "m-" + i, "user", device, null, null, 1, 1, Utf8Json.of("{}"));
        }
    }

    /** As the router asks for each event. */
    @org.openjdk.jmh.annotations.Benchmark
    public int partitionOfEvent() {
        return Partitions.of(events[next++ & (EVENTS - 1)], PARTITIONS);
    }

    /** The cheapest hash there is, which is not published and not the same everywhere. */
    @org.openjdk.jmh.annotations.Benchmark
    public int hashCodeOfIdentifier() {
        String device = events[next++ & (EVENTS - 1)].anonymousId();
        int hash = 7;
        for (int i = 0; device != null && i < device.length(); i++) { // String.hashCode is remembered by the string
            hash = 31 * hash + device.charAt(i);
        }
        return Math.floorMod(hash, PARTITIONS);
    }
}
