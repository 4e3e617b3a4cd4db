package io.segmentdo.api.rows;

import io.segmentdo.api.Delivery;
import java.util.List;

/** What became of rows that were inserted. Immutable. */
public sealed interface Insertion {
    /** One outcome for each row, in their order, or a single one for all. */
    static Insertion settled(List<Delivery> outcomes) {
        return new Settled(outcomes);
    }

    /** None was taken because of at least one of them; the others may be taken without it. */
    static Insertion refused(String reason) {
        return new Refused(reason);
    }

    /** None was taken: the table does not look as it was thought to. */
    static Insertion stale(String reason) {
        return new Stale(reason);
    }

    /** See {@link Insertion#settled}. */
    record Settled(List<Delivery> outcomes) implements Insertion {
        public Settled {
            outcomes = List.copyOf(outcomes);
        }
    }

    /**
     * See {@link Insertion#refused}.
     *
     * @param reason for people, without secrets
     */
    record Refused(String reason) implements Insertion {}

    /**
     * See {@link Insertion#stale}.
     *
     * @param reason for people, without secrets
     */
    record Stale(String reason) implements Insertion {}
}
