package io.segmentdo.warehouse.engine;

import java.util.List;

/**
 * All that a query can see: files as tables, and views over them.
 *
 * <p>Immutable.
 *
 * @param owner whose data it is; what an engine keeps for one owner is not there for another
 * @param files all that queries of this owner may read as long as the data stays as it is, those of the tables among them;
 *     an engine stays warm until a query needs another one
 * @param lookups tables for the views, hidden from queries, whose rows an engine keeps
 * @param tables for the views, hidden from queries
 * @param views in the order of their making; each may use lookups, tables and the views before it
 */
public record Dataset(String owner, List<String> files, List<Lookup> lookups, List<Table> tables, List<View> views) {
    /** The rows of a query over a table; small, and the same for all queries as long as the table is the same. */
    public record Lookup(Table source, View view) {}

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
        files = List.copyOf(files);
        lookups = List.copyOf(lookups);
        tables = List.copyOf(tables);
        views = List.copyOf(views);
    }
}
