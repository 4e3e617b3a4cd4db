package io.segmentdo.config;

/**
 * One thing that is wrong with a configuration.
 *
 * <p>Immutable.
 *
 * @param where the file and line, or the variable or option that set the value
 * @param key the path of the key, e.g. {@code delivery.max-in-flight}; empty for a file as a whole
 * @param message the value and what was expected, without secrets
 */
public record ConfigProblem(String where, String key, String message) {
    /** A value that is not what it should be. */
    public static ConfigProblem unexpected(String where, String key, String value, String expected) {
        return new ConfigProblem(where, key, value + " (expected: " + expected + ")");
    }

    /** {@code config/platform.yaml:3: delivery.max-in-flight: 0 (expected: >= 1)}. */
    @Override
    public String toString() {
        return where + ": " + (key.isEmpty() ? "" : key + ": ") + message;
    }
}
