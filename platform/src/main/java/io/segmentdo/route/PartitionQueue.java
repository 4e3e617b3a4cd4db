package io.segmentdo.route;

import io.segmentdo.event.Event;
import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The events that wait for one partition, in the order of the spool. Confined to the router's thread. */
final class PartitionQueue {
    /** An event with the spool record that ends with it. */
    record Routed(Event event, Window.Pending pending) {}

    private final int partition;
    private final ArrayDeque<Routed> waiting = new ArrayDeque<>();

    /** Whose turn it is to take them; null while nobody is known to own the partition. */
    private @Nullable LaneQueue lane;

    private boolean isListed;
    private long pausedUntilNanos = Long.MIN_VALUE;
    private int refusals;

    PartitionQueue(int partition) {
        this.partition = partition;
    }

    int partition() {
        return partition;
    }

    @Nullable
    LaneQueue lane() {
        return lane;
    }

    /** From now on another lane takes them. */
    void assign(@Nullable LaneQueue next) {
        strike();
        lane = next;
        list();
    }

    private void strike() {
        if (isListed && lane != null) {
            lane.strike(this);
            isListed = false;
        }
    }

    void add(Routed routed) {
        waiting.add(routed);
        list();
    }

    /** Puts back what was sent in vain, before everything else and in the same order. */
    void putBack(List<Routed> sent) {
        for (Routed routed : sent.reversed()) {
            waiting.addFirst(routed);
        }
        list();
    }

    /** Lets its lane know that there is something, once. */
    void list() {
        if (!isListed && lane != null && !waiting.isEmpty() && !isPaused()) {
            isListed = true;
            lane.list(this);
        }
    }

    /** It is its turn: it must be listed again to have another. */
    ArrayDeque<Routed> takeTurn() {
        isListed = false;
        return waiting;
    }

    // ---- refusals

    /** Its owner did not own it: nothing is sent for so long, longer each time. */
    long pause(long firstMillis, long maxMillis) {
        long millis = Math.min(firstMillis << Math.min(refusals++, 20), maxMillis);
        pausedUntilNanos = System.nanoTime() + millis * 1_000_000;
        strike();
        return millis;
    }

    boolean isPaused() {
        return refusals > 0 && pausedUntilNanos - System.nanoTime() > 0;
    }

    /** It may be tried again at once. */
    void resume() {
        refusals = 0;
    }
}
