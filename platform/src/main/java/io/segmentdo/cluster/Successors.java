package io.segmentdo.cluster;

import java.time.Duration;

/** Who comes next when a partition is given up. */
interface Successors {
    /** Nobody is told. */
    Successors NONE = (partition, sinceMillis, atMost) -> true;

    /**
     * Tells the next owner of a partition that it may be had, and waits until it has it.
     *
     * @param sinceMillis since when nobody owns it, in epoch milliseconds
     * @param atMost how long to wait
     * @return whether it has it, or there is nobody
     */
    boolean handOver(int partition, long sinceMillis, Duration atMost);
}
