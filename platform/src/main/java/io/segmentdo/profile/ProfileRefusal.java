package io.segmentdo.profile;

import io.segmentdo.problem.PlatformException;
import io.segmentdo.problem.Problem;

/** A failure that Segment's Profile API calls by a code of its own. */
final class ProfileRefusal extends PlatformException {
    private static final long serialVersionUID = 1;

    private final String code;

    ProfileRefusal(Problem problem, String code, String message) {
        super(problem, message);
        this.code = code;
    }

    String code() {
        return code;
    }
}
