package io.segmentdo.warehouse.engine;

import java.util.List;

/**
 * The columns of a result.
 *
 * <p>Immutable.
 */
public record Head(List<Column> columns) {
    /**
     * One of them.
     *
     * @param name as the query calls it
     * @param type as SQL calls it
     */
    public record Column(String name, String type) {}

    public Head {
        columns = List.copyOf(columns);
    }
}
