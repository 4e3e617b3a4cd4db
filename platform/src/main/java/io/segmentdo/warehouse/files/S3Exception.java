package io.segmentdo.warehouse.files;

import io.segmentdo.problem.PlatformException;
import io.segmentdo.problem.Problem;
import org.jspecify.annotations.Nullable;

/** A request that an S3-compatible store did not answer as it should, after all attempts. */
final class S3Exception extends PlatformException {
    private static final long serialVersionUID = 1;
    private final int status;

    S3Exception(String message, int status, @Nullable Throwable cause) {
        super(Problem.STORAGE_FAILED, message, cause);
        this.status = status;
    }

    /** The status of the last answer, 0 without one. */
    int status() {
        return status;
    }
}
