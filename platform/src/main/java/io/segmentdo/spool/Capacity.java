package io.segmentdo.spool;

import io.segmentdo.problem.PlatformException;
import io.segmentdo.problem.Problem;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the spool takes more.
 *
 * <p>It closes when a bound is reached and opens again only when the cause is well behind it, so that it does not flap. The
 * refusal is one exception for all requests of that time. Safe for concurrent use; {@link #review} by the writer alone.
 */
final class Capacity {
    private static final Logger log = LoggerFactory.getLogger(Capacity.class);
    private static final double OPEN_AGAIN_BYTES = 0.9;
    private static final double OPEN_AGAIN_DISK = 1.1;

    private final SpoolConfig config;
    private volatile @Nullable PlatformException refusal;

    Capacity(SpoolConfig config) {
        this.config = config;
    }

    /** Why nothing is taken now, or null. */
    @Nullable
    PlatformException refusal() {
        return refusal;
    }

    /** Checks a request that comes on top of what waits already; returns the refusal, or null when it fits. */
    @Nullable
    PlatformException check(long waitingBytes, long requestBytes) {
        if (waitingBytes + requestBytes <= config.maxBytes().bytes()) {
            return null;
        }
        return close(Problem.OVERLOADED, "the spool is full: " + waitingBytes + " bytes wait to be identified");
    }

    /** Takes nothing until the log is healed. */
    void fail(PlatformException cause) {
        close(Problem.STORAGE_FAILED, String.valueOf(cause.getMessage()));
    }

    /** Opens or closes by what waits and what the disk has left. */
    void review(long waitingBytes, long freeBytes) {
        long minFree = config.minFreeDisk().bytes();
        if (refusal == null && freeBytes < minFree) {
            close(
                    Problem.OVERLOADED,
                    "the spool's disk has " + freeBytes + " bytes left (expected: >= " + minFree + ")");
        } else if (refusal != null
                && freeBytes >= minFree * OPEN_AGAIN_DISK
                && waitingBytes <= config.maxBytes().bytes() * OPEN_AGAIN_BYTES) {
            refusal = null;
            log.atWarn().addKeyValue("waitingBytes", waitingBytes).log("Spool takes events again");
        }
    }

    private synchronized PlatformException close(Problem problem, String message) {
        PlatformException current = refusal;
        if (current != null && current.problem() == problem) {
            return current;
        }
        PlatformException closed = new PlatformException(problem, message);
        refusal = closed;
        log.atWarn().addKeyValue("reason", message).log("Spool takes no more events");
        return closed;
    }
}
