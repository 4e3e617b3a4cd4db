package io.segmentdo.benchmarks;

import java.util.Locale;
import org.HdrHistogram.Histogram;

/**
 * What some events have cost a lane; or how far the clocks and counters are.
 *
 * @param decisions how many links the ledger decided about
 * @param laneNanos processor time of the lane's thread
 * @param storeNanos processor time of RocksDB's threads, which write and merge tables
 * @param processNanos processor time of the whole process, RocksDB's threads and the collector of garbage with it
 * @param allocated bytes that the lane's thread allocated
 * @param micros how long the calls took
 */
record LaneCost(
        long events,
        long decisions,
        long nanos,
        long laneNanos,
        long storeNanos,
        long processNanos,
        long allocated,
        long readKeys,
        long reads,
        long commits,
        long changes,
        Histogram micros) {
    static final String HEADER = "%-34s %9s %11s %8s %8s %8s %8s %9s %8s %8s %8s %15s"
            .formatted(
                    "",
                    "events/s",
                    "decisions/s",
                    "lane us",
                    "store us",
                    "all us",
                    "KiB",
                    "keys read",
                    "reads",
                    "changes",
                    "commits",
                    "p50 / p99 ms");

    LaneCost since(LaneCost before, long applied, long decided, Histogram calls) {
        return new LaneCost(
                applied,
                decided,
                nanos - before.nanos,
                laneNanos - before.laneNanos,
                storeNanos - before.storeNanos,
                processNanos - before.processNanos,
                allocated - before.allocated,
                readKeys - before.readKeys,
                reads - before.reads,
                commits - before.commits,
                changes - before.changes,
                calls);
    }

    LaneCost plus(LaneCost more) {
        Histogram calls = micros.copy();
        calls.add(more.micros);
        return new LaneCost(
                events + more.events,
                decisions + more.decisions,
                nanos + more.nanos,
                laneNanos + more.laneNanos,
                storeNanos + more.storeNanos,
                processNanos + more.processNanos,
                allocated + more.allocated,
                readKeys + more.readKeys,
                reads + more.reads,
                commits + more.commits,
                changes + more.changes,
                calls);
    }

    double perSecond() {
        return events * 1e9 / nanos;
    }

    /** Processor time of the lane's thread for one event. */
    double laneMicros() {
        return laneNanos / 1e3 / events;
    }

    /** Processor time of the whole process for one event. */
    double processMicros() {
        return processNanos / 1e3 / events;
    }

    /** A row under {@link #HEADER}; what is no rate is per event. */
    String row(String name) {
        return String.format(
                Locale.ROOT,
                "%-34s %,9.0f %,11.0f %8.1f %8.1f %8.1f %8.1f %9.2f %8.3f %8.2f %8.4f %7.2f / %5.1f",
                name,
                perSecond(),
                decisions * 1e9 / nanos,
                laneMicros(),
                storeNanos / 1e3 / events,
                processMicros(),
                allocated / 1024.0 / events,
                readKeys * 1.0 / events,
                reads * 1.0 / events,
                changes * 1.0 / events,
                commits * 1.0 / events,
                micros.getValueAtPercentile(50) / 1e3,
                micros.getValueAtPercentile(99) / 1e3);
    }
}
