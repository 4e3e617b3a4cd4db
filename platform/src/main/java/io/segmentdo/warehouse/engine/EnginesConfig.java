package io.segmentdo.warehouse.engine;

import static io.segmentdo.config.Checks.check;

import io.segmentdo.config.ByteSize;
import io.segmentdo.config.Doc;
import java.time.Duration;

/**
 * How many queries run at a time, and what each may use.
 *
 * <p>Immutable.
 */
public record EnginesConfig(
        @Doc("Queries that run at a time, each in a process of its own, 1 to 64; more are answered 429.")
        int concurrent,

        @Doc("Memory for the data of one query, 32MiB or more; larger sorts and joins use temporary files.")
        ByteSize memory,

        @Doc("Temporary files of one query.") ByteSize spill,

        @Doc("Threads that compute one query, 1 to 64.") int threads,

        @Doc("How long a query may take, to its last row, when it does not ask for less or more.")
        Duration time,

        @Doc("The most that a query may ask for.") Duration timeMax,

        @Doc("Rows of a result, when the query does not ask for less or more.")
        long rows,

        @Doc("The most rows that a query may ask for.") long rowsMax,

        @Doc("Bytes of a result.") ByteSize bytesMax,

        @Doc("How long an unused process is kept for the next query, 1s or more.")
        Duration keepWarm) {
    public static final EnginesConfig DEFAULT = new EnginesConfig(
            2,
            ByteSize.mebibytes(512),
            ByteSize.gibibytes(4),
            2,
            Duration.ofSeconds(60),
            Duration.ofMinutes(30),
            10_000,
            100_000_000,
            ByteSize.gibibytes(4),
            Duration.ofMinutes(5));

    public EnginesConfig {
        check(concurrent >= 1 && concurrent <= 64, "concurrent", concurrent, "1 to 64");
        check(memory.bytes() >= 32 << 20, "memory", memory, ">= 32MiB");
        check(threads >= 1 && threads <= 64, "threads", threads, "1 to 64");
        check(time.toMillis() >= 1, "time", time, "> 0s");
        check(timeMax.compareTo(time) >= 0, "time-max", timeMax, "not less than time");
        check(rows >= 1, "rows", rows, ">= 1");
        check(rowsMax >= rows, "rows-max", rowsMax, "not less than rows");
        check(bytesMax.bytes() >= 1024, "bytes-max", bytesMax, ">= 1KiB");
        check(keepWarm.toSeconds() >= 1, "keep-warm", keepWarm, ">= 1s");
    }

    /** What a query may use that asks for nothing. */
    public Limits limits() {
        return new Limits(time.toMillis(), memory.bytes(), spill.bytes(), rows, bytesMax.bytes(), threads);
    }
}
