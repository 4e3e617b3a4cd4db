package io.segmentdo.connector;

/** Credentials that were not accepted, with the reason. */
final class UnauthorizedException extends Exception {
    private static final long serialVersionUID = 1;

    UnauthorizedException(String reason) {
        super(reason, null, false, false);
    }

    String reason() {
        return String.valueOf(getMessage());
    }
}
