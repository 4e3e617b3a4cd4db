package io.segmentdo.config;

/** The checks that configuration records make of themselves. */
public final class Checks {
    private Checks() {}

    /**
     * Refuses a value that is out of range.
     *
     * @param holds what must be true
     * @param key the key in kebab-case, relative to the record
     * @param value what was given
     * @param expected what would be right, e.g. {@code >= 1}
     */
    public static void check(boolean holds, String key, Object value, String expected) {
        if (!holds) {
            throw new InvalidValueException(key, value, expected);
        }
    }
}
