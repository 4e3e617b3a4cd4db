package io.segmentdo.fidelity;

import java.util.List;

/**
 * How the vectors of one file fared.
 *
 * <p>Immutable.
 *
 * @param slug what they are about
 * @param total how many there are
 * @param misses those that came out otherwise
 */
public record Score(String slug, int total, List<Miss> misses) {
    public Score {
        misses = List.copyOf(misses);
    }

    /** How many came out as recorded. */
    public int passed() {
        return Math.max(0, total - misses.size());
    }

    /**
     * A vector that came out otherwise.
     *
     * @param id which one
     * @param difference in which way
     */
    public record Miss(String id, String difference) {}
}
