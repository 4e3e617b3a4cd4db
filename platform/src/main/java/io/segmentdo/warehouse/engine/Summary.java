package io.segmentdo.warehouse.engine;

import java.util.List;

/**
 * How a query went.
 *
 * <p>Immutable.
 *
 * @param rows that were sent or written
 * @param bytes of their form; 0 for files
 * @param truncated whether there were more rows than the limits allow
 * @param files that were written
 */
public record Summary(long rows, long bytes, boolean truncated, List<String> files) {
    public Summary {
        files = List.copyOf(files);
    }
}
