package io.segmentdo.warehouse.query;

import io.segmentdo.problem.PlatformException;
import io.segmentdo.problem.Problem;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;

/** A state of the tables in the past. Immutable. */
public sealed interface Moment {
    /** What was the current state at that time. */
    record At(Instant time) implements Moment {}

    /** The snapshot of the events with this number. */
    record Snapshot(long id) implements Moment {}

    /** Reads {@code 2026-05-01}, {@code 2026-05-01T12:00:00Z} or the number of a snapshot. */
    static Moment parse(String text) {
        try {
            if (text.matches("\\d{12,19}")) {
                return new Snapshot(Long.parseLong(text));
            }
            return new At(
                    text.length() == 10
                            ? LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant()
                            : OffsetDateTime.parse(text).toInstant());
        } catch (DateTimeException | NumberFormatException e) {
            throw new PlatformException(
                    Problem.INVALID_REQUEST,
                    "asOf: " + text + " (expected: 2026-05-01, 2026-05-01T12:00:00Z or the id of a snapshot)",
                    e);
        }
    }
}
