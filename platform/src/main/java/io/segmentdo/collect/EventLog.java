package io.segmentdo.collect;

import io.segmentdo.event.Event;
import io.segmentdo.problem.PlatformException;
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
    void append(List<Event> events, Acknowledgement acknowledgement);

    /** Told once what became of an append; returns at once. */
    interface Acknowledgement {
        /** The events survive a crash from now on; they stand at this position. */
        void durable(long position);

        /** The events were not taken, or it is not known; the sender is asked to send them again. */
        void failed(PlatformException problem);
    }
}
