package io.segmentdo.warehouse;

import io.micrometer.core.instrument.MeterRegistry;
import io.segmentdo.store.Outbox;
import io.segmentdo.store.PartitionStore;
import io.segmentdo.warehouse.files.LocalFiles;
import io.segmentdo.warehouse.load.Conflicts;
import io.segmentdo.warehouse.load.LoadMeters;
import io.segmentdo.warehouse.load.Loader;
import io.segmentdo.warehouse.table.Tables;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Every identified event in Iceberg tables, within seconds and exactly once.
 *
 * <p>It is told which partitions are this node's ({@link #own}) and reads their outboxes from where the tables stand. The
 * catalog is opened when there is something to write or to read, so that a node without events does not pay for it. Safe
 * for concurrent use; calls may block on the catalog and are not made on event loops.
 */
public final class Warehouse implements AutoCloseable {
    private static final Duration CLOSING = Duration.ofSeconds(10);

    private final WarehouseConfig config;
    private final Path directory;
    private final Conflicts conflicts;
    private final Loader loader;
    private @Nullable Tables tables;

    /**
     * Starts with no partition.
     *
     * @param directory where tables and catalog are when nothing else is configured
     */
    public Warehouse(
            WarehouseConfig config,
            Path directory,
            PartitionStore store,
            Outbox outbox,
            MeterRegistry registry,
            InstantSource clock) {
        this.config = config;
        this.directory = directory;
        LoadMeters meters = new LoadMeters(registry, clock);
        this.conflicts = Conflicts.none(meters.conflicts());
        this.loader = new Loader(
                this::tables,
                store,
                outbox,
                new Loader.Limits(
                        config.commitInterval(), config.commitBytes().bytes(), config.columnsMax(), CLOSING),
                conflicts,
                meters);
    }

    /** The tables of all workspaces; opens the catalog if nobody has yet. */
    public synchronized Tables tables() {
        if (tables == null) {
            tables = openTables(config, directory);
        }
        return tables;
    }

    /** The tables that a configuration describes; closed by the caller. */
    public static Tables openTables(WarehouseConfig config, Path directory) {
        String location = config.location().toString();
        String root = location.isEmpty() ? LocalFiles.location(directory) : location.replaceAll("/+$", "");
        return Tables.open(config.catalog(), directory, new LocalFiles(), root);
    }

    /** Loads from this partition too, with the epoch at which this node opened it. */
    public void own(int partition, long epoch) {
        loader.own(partition, epoch);
    }

    /** Leaves a partition to its new owner. */
    public void disown(int partition) {
        loader.disown(partition);
    }

    /** The oldest position of a partition that some table still needs. */
    public long lowest(int partition) {
        return loader.lowest(partition);
    }

    /** Values that did not fit the columns of their properties, since the start of the node; the most frequent first. */
    public List<Conflicts.Conflict> conflicts() {
        return conflicts.list();
    }

    /** Why events do not get into the tables, if they do not. */
    public Optional<String> trouble() {
        return loader.trouble();
    }

    /** Commits what was read, in bounded time, and releases the catalog. */
    @Override
    public void close() {
        loader.close();
        synchronized (this) {
            if (tables != null) {
                tables.close();
            }
        }
    }
}
