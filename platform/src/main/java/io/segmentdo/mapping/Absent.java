package io.segmentdo.mapping;

import org.jspecify.annotations.Nullable;

/** The value that is not there, as opposed to JSON's null: members that resolve to it are left out. */
enum Absent {
    ABSENT;

    /** Whether a value is neither missing nor null. */
    static boolean isPresent(@Nullable Object value) {
        return value != null && value != ABSENT;
    }

    /** The value, with null for what is missing. */
    static @Nullable Object toNull(@Nullable Object value) {
        return value == ABSENT ? null : value;
    }
}
