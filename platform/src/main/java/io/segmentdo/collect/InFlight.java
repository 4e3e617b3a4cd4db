package io.segmentdo.collect;

import java.util.concurrent.atomic.AtomicLong;

/** The memory that bodies take while they are read, over all connections. Safe for concurrent use. */
final class InFlight {
    private final long limit;
    private final AtomicLong bytes = new AtomicLong();

    InFlight(long limit) {
        this.limit = limit;
    }

    /** Reserves memory; false when there is no more. */
    boolean reserve(long more) {
        if (bytes.addAndGet(more) <= limit) {
            return true;
        }
        bytes.addAndGet(-more);
        return false;
    }

    void release(long less) {
        bytes.addAndGet(-less);
    }

    long bytes() {
        return bytes.get();
    }

    long limit() {
        return limit;
    }
}
