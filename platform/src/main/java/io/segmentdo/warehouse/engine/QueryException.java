package io.segmentdo.warehouse.engine;

import io.segmentdo.problem.PlatformException;
import io.segmentdo.problem.Problem;

/** A query that did not end well, with the place in its text where that is known. */
public final class QueryException extends PlatformException {
    private static final long serialVersionUID = 1;
    private final Reason reason;
    private final int offset;

    /** @param offset characters before the place in the text of the query; -1 when there is no such place */
    public QueryException(Reason reason, String message, int offset) {
        super(reason == Reason.ENGINE ? Problem.STORAGE_FAILED : Problem.INVALID_REQUEST, message);
        this.reason = reason;
        this.offset = offset;
    }

    public Reason reason() {
        return reason;
    }

    public int offset() {
        return offset;
    }
}
