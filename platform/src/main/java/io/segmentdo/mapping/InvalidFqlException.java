package io.segmentdo.mapping;

import io.segmentdo.problem.PlatformException;
import io.segmentdo.problem.Problem;

/** An FQL text that cannot be understood, with the place where reading stopped. */
public final class InvalidFqlException extends PlatformException {
    private static final long serialVersionUID = 1;
    private final int position;

    InvalidFqlException(String text, int position, String message) {
        super(
                Problem.INVALID_CONFIG,
                "FQL, character " + (position + 1) + ": " + message + " in <" + text.strip() + ">");
        this.position = position;
    }

    /** The offset of the fault in the text, starting at 0. */
    public int position() {
        return position;
    }
}
