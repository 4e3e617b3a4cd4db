package io.segmentdo.route;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;

/**
 * The spool records that were read and are not yet committed as a whole, in spool order.
 *
 * <p>Lanes commit at their own pace, so records end out of order; the spool can only be released up to the first that has
 * not ended. Confined to the router's thread.
 */
final class Window {
    /** One spool record under way: it ends when every event of it is committed. */
    static final class Pending {
        final long position;
        final long bytes;
        private int remaining;

        Pending(long position, int events, long bytes) {
            this.position = position;
            this.remaining = events;
            this.bytes = bytes;
        }

        boolean ended() {
            return remaining == 0;
        }
    }

    private final ArrayDeque<Pending> records = new ArrayDeque<>();
    private final Map<Long, Pending> byPosition = new HashMap<>();
    private long endPosition;
    private int events;
    private long bytes;

    /** Starts at the first record that was never committed. */
    Window(long firstPosition) {
        endPosition = firstPosition;
    }

    Pending add(long position, int eventCount, long byteCount) {
        Pending pending = new Pending(position, eventCount, byteCount);
        records.add(pending);
        byPosition.put(position, pending);
        events += eventCount;
        bytes += byteCount;
        return pending;
    }

    /** Counts one event of the record as committed. */
    void commit(Pending pending) {
        pending.remaining--;
        events--;
    }

    /** Drops the ended records at the front; everything before the answer is committed. */
    long advance(long readPosition) {
        while (!records.isEmpty() && records.peekFirst().ended()) {
            Pending ended = records.removeFirst();
            byPosition.remove(ended.position);
            bytes -= ended.bytes;
        }
        endPosition = records.isEmpty() ? readPosition : records.peekFirst().position;
        return endPosition;
    }

    /** Whether every event of a record has been committed. */
    boolean hasCommitted(long position) {
        Pending pending = byPosition.get(position);
        return pending == null ? position < endPosition : pending.ended();
    }

    int events() {
        return events;
    }

    long bytes() {
        return bytes;
    }
}
