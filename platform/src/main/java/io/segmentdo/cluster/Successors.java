package io.segmentdo.cluster;

import io.vertx.core.Future;

/** Who comes next when a partition is given up. Calls do not block. */
interface Successors {
    /** Nobody is told. */
    Successors NONE = (partition, sinceMillis) -> Future.succeededFuture(true);

    /**
     * Tells the next owner of a partition that it may be had.
     *
     * @param sinceMillis since when nobody owns it, in epoch milliseconds
     * @return within half a minute, whether it has it, or there is nobody
     */
    Future<Boolean> handOver(int partition, long sinceMillis);
}
