package io.segmentdo.warehouse;

import io.micrometer.core.instrument.MeterRegistry;
import io.segmentdo.identity.Colleagues;
import io.segmentdo.problem.PlatformException;
import io.segmentdo.problem.Problem;
import io.segmentdo.store.Outbox;
import io.segmentdo.store.PartitionStore;
import io.segmentdo.warehouse.files.LocalFiles;
import io.segmentdo.warehouse.files.S3Files;
import io.segmentdo.warehouse.load.Backlog;
import io.segmentdo.warehouse.load.Conflicts;
import io.segmentdo.warehouse.load.LoadMeters;
import io.segmentdo.warehouse.load.Loader;
import io.segmentdo.warehouse.rows.Workers;
import io.segmentdo.warehouse.table.Tables;
import io.segmentdo.warehouse.table.WarehouseTable;
import io.segmentdo.warehouse.upkeep.ErasureReceipt;
import io.segmentdo.warehouse.upkeep.TableSize;
import io.segmentdo.warehouse.upkeep.Upkeep;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.iceberg.io.FileIO;
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
    private static final Duration BEFORE_ERASURE = Duration.ofMinutes(5);

    private final WarehouseConfig config;
    private final Path directory;
    private final Conflicts conflicts;
    private final Loader loader;
    private final CatchUp catchUp;
    private final Upkeep upkeep;
    private @Nullable Tables tables;

    /**
     * Starts with no partition.
     *
     * @param directory where tables and catalog are when nothing else is configured
     * @param colleagues the members that load other partitions of the store into the same tables
     */
    public Warehouse(
            WarehouseConfig config,
            Path directory,
            PartitionStore store,
            Outbox outbox,
            Colleagues colleagues,
            MeterRegistry registry,
            InstantSource clock) {
        Workers.prepare(); // now, because the first event may come when the process is already asked to end
        this.config = config;
        this.directory = directory;
        LoadMeters meters = new LoadMeters(registry, clock);
        this.conflicts = Conflicts.none(meters.conflicts());
        this.loader = new Loader(
                this::tables,
                store,
                outbox,
                new Loader.Limits(
                        config.commitInterval(),
                        config.profilesInterval(),
                        config.commitBytes().bytes(),
                        config.columnsMax(),
                        CLOSING),
                conflicts,
                meters);
        this.catchUp = new CatchUp(new Backlog(store, outbox), loader::hurry, colleagues);
        WarehouseConfig.UpkeepConfig rules = config.upkeep();
        this.upkeep = new Upkeep(
                this::tables,
                new Upkeep.Rules(
                        rules.filesMin(), rules.fileSize().bytes(), rules.snapshotsKept(), rules.orphansAfter()),
                registry,
                clock);
        upkeep.start(rules.interval(), () -> isOpen() && loader.owns(0));
    }

    private synchronized boolean isOpen() {
        return tables != null;
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
        Workers.prepare();
        String location = config.location().toString();
        String root = location.isEmpty() ? LocalFiles.location(directory) : location.replaceAll("/+$", "");
        FileIO files = root.startsWith("s3:") ? new S3Files(config.s3(), Clock.systemUTC()) : new LocalFiles();
        return Tables.open(config.catalog(), directory, files, root);
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

    /** Looks after the tables now, which otherwise happens now and then. */
    public void lookAfterTables() {
        upkeep.run();
    }

    /** How large a table was when it was last looked after. */
    public Optional<TableSize> size(String workspace, WarehouseTable table) {
        return upkeep.size(workspace, table);
    }

    /**
     * Removes everything about some profiles that were deleted, and about those that they have absorbed, from the tables of
     * a workspace, old states included; blocks until it is done. What is in the outboxes of all members is loaded first, so
     * that nothing of it comes later. Queries that read old states meanwhile fail.
     */
    public ErasureReceipt erase(String workspace, Set<String> profileIds) throws InterruptedException {
        List<Integer> behind = catchUp.run(BEFORE_ERASURE);
        if (!behind.isEmpty()) {
            throw new PlatformException(
                    Problem.OVERLOADED,
                    "erase: the outboxes of partitions " + behind + " were not loaded within " + BEFORE_ERASURE
                            + " (expected: later, nothing is erased)");
        }
        return upkeep.erase(workspace, profileIds);
    }

    /**
     * Brings what all members have identified until now into the tables; false when that takes longer than it may. Blocks.
     */
    public boolean catchUp(Duration patience) throws InterruptedException {
        return catchUp.run(patience).isEmpty();
    }

    /** Why events do not get into the tables, if they do not. */
    public Optional<String> trouble() {
        return loader.trouble().or(upkeep::trouble);
    }

    /** Commits what was read, in bounded time, and releases the catalog. */
    @Override
    public void close() {
        upkeep.close();
        loader.close();
        synchronized (this) {
            if (tables != null) {
                tables.close();
            }
        }
    }
}
