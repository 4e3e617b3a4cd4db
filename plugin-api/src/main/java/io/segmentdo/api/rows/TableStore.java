package io.segmentdo.api.rows;

import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * A warehouse, as a plugin makes it known. Threads as in {@link io.segmentdo.api.Connector}.
 *
 * <p>Names of tables and columns are those of {@link Row}; how they are quoted is the store's matter. A row that is there
 * already, by its {@linkplain Row#id id}, is not to be there twice.
 */
public interface TableStore {
    /**
     * The columns of a table, by name; none where there is no such table.
     *
     * @throws TableException when the warehouse says no
     * @throws IOException when it did not answer
     * @throws InterruptedException when the platform ends the call
     */
    Map<String, ColumnType> columns(String table) throws TableException, IOException, InterruptedException;

    /**
     * Makes a table; one that somebody else has made meanwhile is no failure.
     *
     * @throws TableException when the warehouse says no
     * @throws IOException when it did not answer
     * @throws InterruptedException when the platform ends the call
     */
    void create(String table, Map<String, ColumnType> columns) throws TableException, IOException, InterruptedException;

    /**
     * Adds columns; those that somebody else has added meanwhile are no failure.
     *
     * @throws TableException when the warehouse says no
     * @throws IOException when it did not answer
     * @throws InterruptedException when the platform ends the call
     */
    void add(String table, Map<String, ColumnType> columns) throws TableException, IOException, InterruptedException;

    /**
     * Inserts rows into a table.
     *
     * @param columns all columns of the table
     * @param rows of this table, whose values have the types of their columns
     * @throws IOException when the warehouse did not answer
     * @throws InterruptedException when the platform ends the call
     */
    Insertion insert(String table, Map<String, ColumnType> columns, List<Row> rows)
            throws IOException, InterruptedException;
}
