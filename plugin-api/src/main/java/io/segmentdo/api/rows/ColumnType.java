package io.segmentdo.api.rows;

import java.time.Instant;

/** What the values of a column are. Immutable. */
public enum ColumnType {
    /** Texts; lists and what is nested too deeply are texts in JSON. */
    TEXT,
    /** Numbers, as precise as JSON's: 64-bit floating point. */
    NUMBER,
    /** True or false. */
    FLAG,
    /** Moments. */
    TIME;

    /** The type of a value of a {@link Row}. */
    public static ColumnType of(Object value) {
        return switch (value) {
            case Number number -> NUMBER;
            case Boolean flag -> FLAG;
            case Instant time -> TIME;
            default -> TEXT;
        };
    }
}
