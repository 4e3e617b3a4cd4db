package io.segmentdo.warehouse.engine;

import java.util.stream.Collectors;

/** The SQL of files as tables. */
final class Relations {
    private Relations() {}

    /** The rows of Parquet files: columns by field id, so that added, renamed and widened ones are right. */
    static String select(Dataset.Table table) {
        return table.files().isEmpty() ? empty(table) : scan(table);
    }

    private static String scan(Dataset.Table table) {
        String schema = table.columns().stream()
                .map(column -> column.id() + ": {name: " + literal(column.name()) + ", type: " + literal(column.type())
                        + ", default_value: NULL}")
                .collect(Collectors.joining(", ", "MAP {", "}"));
        return table.files().stream()
                .map(Relations::literal)
                .collect(Collectors.joining(
                        ", ",
                        "SELECT * FROM read_parquet([",
                        "], schema = " + schema + ", hive_partitioning = false)"));
    }

    private static String empty(Dataset.Table table) {
        return table.columns().stream()
                .map(column -> "CAST(NULL AS " + column.type() + ") AS " + quote(column.name()))
                .collect(Collectors.joining(", ", "SELECT ", " WHERE false"));
    }

    static String quote(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    static String literal(String text) {
        return '\'' + text.replace("'", "''") + '\'';
    }
}
