package io.segmentdo.collect;

import io.segmentdo.event.Event;
import io.segmentdo.spool.Spool;
import java.util.List;

/** Where accepted events are made durable: this node's spool. Safe for concurrent use. */
@FunctionalInterface
public interface EventLog {
    /**
     * Appends the events of one request, all or nothing, and tells later what became of them.
     *
     * @param events at least one
     * @param acknowledgement told once, on any thread
     */
    void append(List<Event> events, Spool.Acknowledgement acknowledgement);
}
