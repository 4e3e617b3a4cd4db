package io.segmentdo.store;

import io.segmentdo.problem.PlatformException;
import io.segmentdo.problem.Problem;

/** A commit by an owner that has been replaced; it steps down, and the new owner goes on. */
public final class StaleEpochException extends PlatformException {
    private static final long serialVersionUID = 1;
    private final int partition;

    /** Names the partition and both epochs. */
    public StaleEpochException(int partition, long epoch, long currentEpoch) {
        super(
                Problem.NOT_OWNER,
                "partition " + partition + " is at epoch " + currentEpoch + ", the commit came with " + epoch);
        this.partition = partition;
    }

    /** The partition that has another owner now. */
    public int partition() {
        return partition;
    }
}
