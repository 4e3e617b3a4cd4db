package io.segmentdo.warehouse.query;

import java.time.Duration;

/** Brings events into the tables that were accepted before. Safe for concurrent use. */
@FunctionalInterface
public interface Freshness {
    /** True when everything that was identified before this call is in the tables. Blocks. */
    boolean catchUp(Duration patience) throws InterruptedException;
}
