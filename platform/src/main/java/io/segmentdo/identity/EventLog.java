package io.segmentdo.identity;

import io.segmentdo.event.OutboxEntry;
import io.segmentdo.store.Changes;

/** Where identified events and facts go: the outboxes of the partitions. Safe for concurrent use by several lanes. */
public interface EventLog {
    /**
     * Takes a partition's outbox over, right after its store was opened at this epoch, or again at the same epoch when a
     * batch was given up: what was added and not committed is forgotten.
     *
     * @return the last committed position, 0 when it is empty
     */
    long open(int partition, long epoch);

    /** Leaves a partition's outbox to its next owner. */
    void close(int partition);

    /** Adds an entry to what is about to be committed; the positions of one partition follow one another. */
    void add(Changes changes, OutboxEntry entry);

    /** Says that everything up to a position is committed, so that readers may wake up. */
    void committed(int partition, long tail);
}
