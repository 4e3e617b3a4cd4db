package io.segmentdo.warehouse.export;

import static io.segmentdo.config.Checks.check;

import io.segmentdo.config.Doc;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Where exports may go and how many there are.
 *
 * <p>Immutable.
 */
public record ExportConfig(
        @Doc("Directory below which exports to this machine go; `exports` in the data directory when empty.")
        Path root,

        @Doc("Exports that run at a time, 1 to 16; more are refused.")
        int concurrent,

        @Doc("How long the events of one day may take.") Duration timePerDay) {
    public static final ExportConfig DEFAULT = new ExportConfig(Path.of(""), 1, Duration.ofHours(2));

    public ExportConfig {
        check(concurrent >= 1 && concurrent <= 16, "concurrent", concurrent, "1 to 16");
        check(timePerDay.isPositive(), "time-per-day", timePerDay, "> 0s");
    }
}
