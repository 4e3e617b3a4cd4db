package io.segmentdo.warehouse.engine;

import java.util.List;

/**
 * All that a query can see: files as tables, and views over them.
 *
 * <p>Immutable.
 *
 * @param tables for the views, hidden from queries
 * @param views in the order of their making; each may use tables and the views before it
 */
public record Dataset(List<Table> tables, List<View> views) {
    /**
     * Parquet files of one shape.
     *
     * @param name how views call it
     * @param columns found in the files by their field ids; those that a file lacks are null there
     * @param files on this machine
     */
    public record Table(String name, List<Column> columns, List<String> files) {
        public Table {
            columns = List.copyOf(columns);
            files = List.copyOf(files);
        }
    }

    /** A column of a table: the field id in the files, its name, and its SQL type. */
    public record Column(int id, String name, String type) {}

    /** A name for queries and the SELECT behind it. */
    public record View(String name, String sql) {}

    public Dataset {
        tables = List.copyOf(tables);
        views = List.copyOf(views);
    }
}
