package io.segmentdo.api.rows;

import io.segmentdo.api.Json;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Rows whose values have the types of the columns of their table. What fits no column, because a column has another type
 * or the table has no room for more, is kept in the column {@code _rescued} as JSON.
 *
 * <p>Immutable.
 *
 * @param columns of the table, with those that the rows bring
 * @param missing those that the table does not have yet
 * @param rows the rows
 */
record FittedRows(Map<String, ColumnType> columns, Map<String, ColumnType> missing, List<Row> rows) {
    static final String RESCUED = "_rescued";
    static final int COLUMNS_MAX = 1_000;

    /** Fits rows to a table. */
    static FittedRows of(List<Row> rows, Map<String, ColumnType> known, Json json) {
        Map<String, ColumnType> columns = new LinkedHashMap<>(known);
        List<Row> fitted = rows.stream().map(row -> fit(row, columns, json)).toList();
        Map<String, ColumnType> missing = new LinkedHashMap<>(columns);
        missing.keySet().removeAll(known.keySet());
        return new FittedRows(columns, missing, fitted);
    }

    private static Row fit(Row row, Map<String, ColumnType> columns, Json json) {
        Map<String, Object> values = new LinkedHashMap<>();
        Map<String, Object> rescued = new LinkedHashMap<>();
        row.values().forEach((column, value) -> {
            if (!columns.containsKey(column) && columns.size() < COLUMNS_MAX) {
                columns.put(column, ColumnType.of(value));
            }
            Object converted = converted(value, columns.get(column));
            if (converted == null) {
                rescued.put(column, value instanceof Instant ? value.toString() : value);
            } else {
                values.put(column, converted);
            }
        });
        if (!rescued.isEmpty()) {
            columns.putIfAbsent(RESCUED, ColumnType.TEXT);
            values.put(RESCUED, new String(json.write(rescued), StandardCharsets.UTF_8));
        }
        return new Row(row.table(), values);
    }

    private static @Nullable Object converted(Object value, @Nullable ColumnType type) {
        if (type == ColumnType.of(value)) {
            return value;
        }
        return type == ColumnType.TEXT ? value.toString() : null;
    }
}
