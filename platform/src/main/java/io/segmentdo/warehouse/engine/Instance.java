package io.segmentdo.warehouse.engine;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.duckdb.DuckDBConnection;

/**
 * A closed DuckDB that serves one query after the other of one owner, as long as they need no file that it may not read.
 *
 * <p>What is below the views is kept from query to query: the footers of the files, lookups, and the views themselves. A
 * query has a connection of its own, which ends with it, and a transaction that cannot write, so that one that came past the
 * gate leaves nothing for the next one. Confined to the thread of its worker.
 */
final class Instance implements AutoCloseable {
    private final DuckDBConnection root;
    private final String owner;
    private final Set<String> files;
    private final Limits limits;
    private final Map<String, String> defined = new HashMap<>();

    private Instance(DuckDBConnection root, Dataset dataset, Limits limits) {
        this.root = root;
        this.owner = dataset.owner();
        this.files = Set.copyOf(dataset.files());
        this.limits = limits;
    }

    /** One that only reads, made of an open one. */
    static Instance reading(DuckDBConnection open, Dataset dataset, Limits limits, Path spill) throws SQLException {
        Instance instance = new Instance(open, dataset, limits);
        Sandbox.furnish(open, instance.files, limits, spill);
        return instance;
    }

    /** One that also writes below a directory, made of an open one. */
    static Instance writing(DuckDBConnection open, Dataset dataset, Limits limits, Path spill, Path target)
            throws SQLException {
        Instance instance = new Instance(open, dataset, limits);
        Sandbox.furnish(open, instance.files, limits, spill, target);
        return instance;
    }

    /** Whether a query over this data can have it. */
    boolean fits(Dataset dataset, Limits wanted) {
        return owner.equals(dataset.owner())
                && limits.sameResources(wanted)
                && dataset.tables().stream().allMatch(table -> files.containsAll(table.files()))
                && dataset.lookups().stream()
                        .allMatch(lookup -> files.containsAll(lookup.source().files()));
    }

    /** A connection for one query that sees this data and cannot write. */
    Connection connect(Dataset dataset) throws SQLException {
        boolean changed = false;
        for (Dataset.Lookup lookup : dataset.lookups()) {
            changed = view(lookup.source().name(), Relations.select(lookup.source()), changed);
            changed = define("TABLE", lookup.view().name(), lookup.view().sql(), changed);
        }
        for (Dataset.Table table : dataset.tables()) {
            changed = view(table.name(), Relations.select(table), changed);
        }
        for (Dataset.View view : dataset.views()) {
            changed = view(view.name(), view.sql(), changed);
        }
        Connection connection = root.duplicate();
        Sandbox.execute(connection, "BEGIN TRANSACTION READ ONLY");
        return connection;
    }

    private boolean view(String name, String sql, boolean changed) throws SQLException {
        return define("VIEW", name, sql, changed);
    }

    /** What stands on something that has changed is defined anew, too. */
    private boolean define(String kind, String name, String sql, boolean changed) throws SQLException {
        if (!changed && sql.equals(defined.get(name))) {
            return false;
        }
        Sandbox.execute(root, "CREATE OR REPLACE " + kind + " " + Relations.quote(name) + " AS " + sql);
        defined.put(name, sql);
        return true;
    }

    @Override
    public void close() throws SQLException {
        root.close();
    }
}
