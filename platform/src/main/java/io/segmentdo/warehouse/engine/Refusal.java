package io.segmentdo.warehouse.engine;

/**
 * A {@link QueryException} on its way through the pipe. Immutable.
 *
 * @param offset characters before the place in the query, -1 for none
 */
record Refusal(Reason reason, String message, int offset) {
    QueryException toException() {
        return new QueryException(reason, message, offset);
    }
}
