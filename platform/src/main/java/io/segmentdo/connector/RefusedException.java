package io.segmentdo.connector;

/** An event that its action does not take, with the reason. */
final class RefusedException extends Exception {
    private static final long serialVersionUID = 1;

    RefusedException(String reason) {
        super(reason, null, false, false);
    }
}
