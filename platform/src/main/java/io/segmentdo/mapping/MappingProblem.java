package io.segmentdo.mapping;

import org.jspecify.annotations.Nullable;

/**
 * A fault in a mapping.
 *
 * <p>Immutable.
 *
 * @param path where, e.g. {@code /email/@case/operator}
 * @param value what stands there; null also where nothing does
 * @param expectation what would be right
 */
public record MappingProblem(String path, @Nullable Object value, String expectation) {
    private static final int VALUE_CHARS_MAX = 100;

    /** {@code path: value (expected: expectation)}, long values cut. */
    @Override
    public String toString() {
        String shown = String.valueOf(value);
        String cut = shown.length() <= VALUE_CHARS_MAX ? shown : shown.substring(0, VALUE_CHARS_MAX) + "…";
        return path + ": " + cut + " (expected: " + expectation + ")";
    }
}
