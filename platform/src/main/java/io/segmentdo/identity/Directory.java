package io.segmentdo.identity;

import org.jspecify.annotations.Nullable;

/**
 * Who is thought to own each partition. It is a hint and may be late: whoever is asked in vain is asked again, or another.
 *
 * <p>Safe for concurrent use; no call blocks.
 */
public interface Directory {
    /** Where the owner of a partition takes mail; null while nobody is known. */
    @Nullable
    Place find(int partition);

    /** Whether a place is on this node. */
    boolean isHere(Place place);

    /** Whether the member of a place still takes part. */
    boolean isMember(Place place);

    /**
     * Calls back, on any thread, after a partition or a member may have changed, until it is closed; the listener must not
     * block.
     */
    AutoCloseable onChange(Runnable listener);
}
