package io.segmentdo.connector;

import org.jspecify.annotations.Nullable;

/**
 * A fault in a connector file.
 *
 * <p>Immutable.
 *
 * @param file the name of the file
 * @param line where, starting at 1
 * @param path the keys that lead there, e.g. {@code /actions/0/request/url}
 * @param value what stands there; null also where nothing does
 * @param expectation what would be right
 */
public record ConnectorProblem(
        String file, int line, String path, @Nullable Object value, String expectation) {
    private static final int VALUE_CHARS_MAX = 100;

    /** {@code file:line: path: value (expected: expectation)}, long values cut. */
    @Override
    public String toString() {
        String shown = value == null ? "missing" : String.valueOf(value);
        String cut = shown.length() <= VALUE_CHARS_MAX ? shown : shown.substring(0, VALUE_CHARS_MAX) + "…";
        return file + ":" + line + ": " + path + ": " + cut + " (expected: " + expectation + ")";
    }
}
