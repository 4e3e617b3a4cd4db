package io.segmentdo.cluster;

import java.util.Set;

/**
 * Works on partitions wherever they are owned, behind identity: deliveries, the warehouse.
 *
 * <p>Called on the thread of {@link Claims}, and holds it up while it works.
 */
public interface Follower {
    /** Identity runs for this partition here, at this epoch. */
    void own(int partition, long epoch);

    /**
     * These are about to be given up, while identity still runs for them, or are lost: stores what it has, which may fail,
     * and forgets them.
     */
    void disown(Set<Integer> partitions);
}
