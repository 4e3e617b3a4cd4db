package io.segmentdo.store;

import static io.segmentdo.config.Checks.check;

import io.segmentdo.config.ByteSize;
import io.segmentdo.config.Doc;
import java.time.Duration;

/**
 * How long identified events are kept.
 *
 * <p>Immutable.
 */
public record OutboxConfig(
        @Doc(
                "How long events are kept at least, for replays and new destinations; longer while a destination still needs them.")
        Duration retention,

        @Doc(
                "Bytes of events kept at most; beyond them even events go that a destination has not had yet, which is reported.")
        ByteSize maxBytes,

        @Doc(
                "Memory for the newest events until all destinations have read them, so that those that keep up need not read from disk.")
        ByteSize recentBytes) {
    public static final OutboxConfig DEFAULT =
            new OutboxConfig(Duration.ofDays(7), ByteSize.gibibytes(20), ByteSize.mebibytes(32));

    public OutboxConfig {
        check(!retention.isNegative(), "retention", retention, ">= 0s");
        check(maxBytes.bytes() >= 1 << 20, "max-bytes", maxBytes, ">= 1MiB");
    }
}
