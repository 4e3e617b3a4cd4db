package io.segmentdo.problem;

import org.jspecify.annotations.Nullable;

/** The one failure of the platform: a problem with a message that names value and expectation. */
public class PlatformException extends RuntimeException {
    private static final long serialVersionUID = 1;
    private final Problem problem;

    public PlatformException(Problem problem, String message) {
        this(problem, message, null);
    }

    public PlatformException(Problem problem, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.problem = problem;
    }

    public Problem problem() {
        return problem;
    }
}
