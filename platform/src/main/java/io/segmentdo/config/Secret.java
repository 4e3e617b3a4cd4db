package io.segmentdo.config;

/**
 * A value that is never printed.
 *
 * <p>Immutable.
 *
 * @param reveal the value itself
 */
public record Secret(String reveal) {
    @Override
    public String toString() {
        return "***";
    }
}
