package io.segmentdo.identity;

import io.segmentdo.event.OutboxEntry;
import io.segmentdo.store.Changes;

/** Where identified events and facts go: the outboxes of the partitions. Safe for concurrent use by several lanes. */
public interface EventLog {
    /** The last committed position of a partition's outbox, 0 when it is empty. */
    long tail(int partition);

    /** Adds an entry to what is about to be committed; the positions of one partition follow one another. */
    void add(Changes changes, OutboxEntry entry);

    /** Says that everything up to a position is committed, so that readers may wake up. */
    void committed(int partition, long tail);
}
