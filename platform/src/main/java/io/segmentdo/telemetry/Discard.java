package io.segmentdo.telemetry;

import java.time.Instant;

/**
 * A sample of something that was discarded.
 *
 * <p>Immutable.
 *
 * @param source the source it came from
 * @param reason the stable code of the reason, e.g. {@code missing_event}
 * @param detail what exactly was wrong, without secrets
 * @param excerpt the beginning of what was sent, as text; bytes that are no UTF-8 are replaced
 * @param at when it was discarded
 */
public record Discard(String source, String reason, String detail, String excerpt, Instant at) {}
