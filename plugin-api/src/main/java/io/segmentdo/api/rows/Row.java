package io.segmentdo.api.rows;

import java.util.Map;

/**
 * One row of one table.
 *
 * <p>Made by {@link EventRows} and {@link TableAction}. Immutable.
 *
 * @param table its name in snake case, e.g. {@code order_completed}
 * @param values by column, in their order: String, Number, Boolean or Instant; {@code id} is the same in every attempt
 */
public record Row(String table, Map<String, Object> values) {
    /** What it is known by within its table. */
    public String id() {
        return String.valueOf(values.get(EventRows.ID));
    }
}
