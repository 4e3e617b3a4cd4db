package io.segmentdo.telemetry;

import io.segmentdo.config.Doc;
import java.time.Duration;

/**
 * What the platform says about itself, and how.
 *
 * <p>Immutable.
 */
public record TelemetryConfig(
        @Doc("Logs go to standard output as `text` for people or `json`, one object per line, for machines.")
        LogFormat logFormat,

        @Doc("The least severe level that is logged: `error`, `warn`, `info` or `debug`.")
        LogLevel logLevel,

        @Doc("Time for which a repeated warning is only counted; `0s` logs every one.")
        Duration logRepeats,

        @Doc("Whether HTTP servers and clients are measured too; it costs some percent of the throughput.")
        boolean httpMetrics,

        @Doc("Samples of what was discarded.") DiscardsConfig discards) {
    public static final TelemetryConfig DEFAULT =
            new TelemetryConfig(LogFormat.TEXT, LogLevel.INFO, Duration.ofMinutes(1), false, DiscardsConfig.DEFAULT);

    /** How a log line looks. */
    public enum LogFormat {
        TEXT,
        JSON
    }

    /** Which lines are logged. */
    public enum LogLevel {
        ERROR,
        WARN,
        INFO,
        DEBUG
    }
}
