package io.segmentdo.mapping;

import io.segmentdo.problem.PlatformException;
import io.segmentdo.problem.Problem;

/** An event that does not fit a mapping; the same event will never fit it. The message holds no part of the event. */
public final class MappingException extends PlatformException {
    private static final long serialVersionUID = 1;

    public MappingException(String message) {
        super(Problem.DESTINATION_FAILED, message);
    }
}
