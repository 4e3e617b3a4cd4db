package io.segmentdo.api.rows;

import io.segmentdo.api.Delivery;

/** Says that a table could not be asked for or changed, and what that means for the rows that need it. Immutable. */
public final class TableException extends Exception {
    private static final long serialVersionUID = 1;

    private final transient Delivery outcome;

    public TableException(Delivery outcome) {
        super(outcome.toString());
        this.outcome = outcome;
    }

    /** What becomes of the rows. */
    public Delivery outcome() {
        return outcome;
    }
}
