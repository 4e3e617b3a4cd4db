package io.segmentdo.warehouse.upkeep;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.segmentdo.priority.Priority;
import io.segmentdo.problem.PlatformException;
import io.segmentdo.problem.Problem;
import io.segmentdo.warehouse.rows.Decision;
import io.segmentdo.warehouse.table.Tables;
import io.segmentdo.warehouse.table.WarehouseTable;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.apache.iceberg.Table;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks after all tables now and then, on a thread of its own: few and large files, few old states, no orphans.
 *
 * <p>Nothing here holds up loads or queries; work that conflicts with them is left for the next time. Everything that
 * replaces files runs under this object's lock, one at a time. Safe for concurrent use.
 */
public final class Upkeep implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Upkeep.class);

    /** Forgetting reads all manifests, so it is done for many states at once, or after a while. */
    private static final int EXPIRED_MIN = 40;

    private static final Duration EXPIRY_PERIOD = Duration.ofMinutes(10);

    /**
     * How it is done.
     *
     * @param filesMin how many small files are joined
     * @param fileBytes how large joined files become
     * @param snapshotsKept how long old states can be read
     * @param orphansAfter how old files are that are swept up
     */
    public record Rules(int filesMin, long fileBytes, Duration snapshotsKept, Duration orphansAfter) {}

    private record Key(String workspace, WarehouseTable table) {}

    /** The tables that name profiles, in the order of an erasure: what says who belongs to whom goes last. */
    private static final List<WarehouseTable> ERASED =
            List.of(WarehouseTable.EVENTS, WarehouseTable.USERS, WarehouseTable.PROFILE_MERGES);

    private final Supplier<Tables> tables;
    private final Rules rules;
    private final InstantSource clock;
    private final MeterRegistry registry;
    private final Counter joined;
    private final Counter expired;
    private final Counter orphans;
    private final Map<Key, TableSize> sizes = new ConcurrentHashMap<>();
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            task -> Thread.ofPlatform().name("warehouse-upkeep").daemon().unstarted(() -> {
                Priority.LATE.take();
                task.run();
            }));

    private volatile @Nullable String trouble;

    // under the lock
    private final Map<Key, Long> expiredAtMillis = new HashMap<>();
    private long sweptAtMillis;

    /** Starts nothing yet. */
    public Upkeep(Supplier<Tables> tables, Rules rules, MeterRegistry registry, InstantSource clock) {
        this.tables = tables;
        this.rules = rules;
        this.clock = clock;
        this.registry = registry;
        this.sweptAtMillis = clock.millis();
        joined = counter("joined", "Files that were replaced by larger ones");
        expired = counter("expired.snapshots", "Old states of tables that were forgotten");
        orphans = counter("orphans", "Files that no table referred to and that were removed");
    }

    private Counter counter(String name, String description) {
        return Counter.builder("segmentdo.warehouse." + name)
                .description(description)
                .register(registry);
    }

    /** From now on looks for work in this interval, as long as it is this node that should. */
    @SuppressWarnings("FutureReturnValueIgnored") // ends with its thread
    public void start(Duration interval, BooleanSupplier isResponsible) {
        thread.scheduleWithFixedDelay(
                () -> {
                    if (isResponsible.getAsBoolean()) {
                        runSafely();
                    }
                },
                interval.toMillis(),
                interval.toMillis(),
                TimeUnit.MILLISECONDS);
    }

    @SuppressWarnings("CatchingUnchecked") // whatever happens, it is tried again
    private void runSafely() {
        try {
            run();
        } catch (Throwable e) {
            log.atWarn().setCause(e).log("Upkeep of the warehouse failed, it is tried again");
        }
    }

    /** Looks after all tables once. */
    public synchronized void run() {
        boolean sweeps = clock.millis() - sweptAtMillis >= rules.orphansAfter().toMillis() / 4;
        trouble = null;
        for (String workspace : tables.get().workspaces()) {
            for (WarehouseTable name : WarehouseTable.values()) {
                tables.get()
                        .find(workspace, name)
                        .ifPresent(table -> lookAfter(new Key(workspace, name), table, sweeps));
            }
        }
        if (sweeps) {
            sweptAtMillis = clock.millis();
        }
    }

    private void lookAfter(Key key, Table table, boolean sweeps) {
        try {
            joined.increment(new Compaction(table, rules.filesMin(), rules.fileBytes()).run());
            expire(key, table);
            if (sweeps) {
                sweep(table);
            }
            size(key, TableSize.of(table));
        } catch (RuntimeException e) {
            if (thread.isShutdown()) {
                return; // interrupted by the end of the node
            }
            trouble = String.valueOf(e.getMessage());
            log.atWarn()
                    .addKeyValue("workspace", key.workspace())
                    .addKeyValue("table", key.table().tableName())
                    .setCause(e)
                    .log("A table could not be looked after, it is tried again");
        }
    }

    private void expire(Key key, Table table) {
        long now = clock.millis();
        boolean isTime = now - expiredAtMillis.getOrDefault(key, 0L) >= EXPIRY_PERIOD.toMillis();
        expired.increment(new Expiry(table).run(rules.snapshotsKept(), isTime ? 1 : EXPIRED_MIN, now));
        if (isTime) {
            expiredAtMillis.put(key, now);
        }
    }

    /** Removes files that no state of a table refers to and that are old enough. */
    private void sweep(Table table) {
        orphans.increment(
                new Orphans(table).sweep(clock.millis() - rules.orphansAfter().toMillis()));
    }

    private void size(Key key, TableSize size) {
        if (sizes.put(key, size) == null) {
            gauge(key, "table.rows", "Rows of a table", TableSize::rows);
            gauge(key, "table.files", "Data files of a table", TableSize::files);
            gauge(key, "table.bytes", "Bytes of the data files of a table", TableSize::bytes);
            gauge(key, "table.snapshots", "States of a table that can be read", TableSize::snapshots);
        }
    }

    private void gauge(Key key, String name, String description, ToDoubleFunction<TableSize> value) {
        Gauge.builder(
                        "segmentdo.warehouse." + name,
                        sizes,
                        all -> value.applyAsDouble(all.getOrDefault(key, TableSize.NONE)))
                .description(description)
                .tag("workspace", key.workspace())
                .tag("table", key.table().tableName())
                .register(registry);
    }

    /**
     * Removes everything about some profiles, and about those that they have absorbed, from the tables of a workspace, and
     * all old states with the files that only they had. Queries that read old states meanwhile fail. When it was ended
     * before it was done it is to be called again.
     *
     * @throws PlatformException {@link Problem#INVALID_REQUEST} when a profile has rows and was not deleted
     */
    public synchronized ErasureReceipt erase(String workspace, Set<String> profileIds) {
        if (!tables.get().workspaces().contains(workspace)) {
            throw new PlatformException(
                    Problem.NOT_FOUND, "erase: " + workspace + " (expected: a workspace that has tables)");
        }
        Optional<Table> merges = tables.get().find(workspace, WarehouseTable.PROFILE_MERGES);
        Set<String> all = merges.map(table -> Parts.of(profileIds, table)).orElse(profileIds);
        Set<String> living = new TreeSet<>(profileIds);
        merges.ifPresent(table -> Decision.each(table, decision -> {
            if (decision.kind().equals("deleted")) {
                living.remove(decision.profileId());
            }
        }));
        refuseLiving(workspace, living);
        Map<String, ErasureReceipt.Removed> removed = new HashMap<>();
        for (WarehouseTable name : ERASED) {
            tables.get()
                    .find(workspace, name)
                    .filter(table -> table.currentSnapshot() != null)
                    .ifPresent(table -> removed.put(name.tableName(), erase(table, all)));
        }
        ErasureReceipt receipt = new ErasureReceipt(workspace, all, removed, clock.instant());
        log.atInfo()
                .addKeyValue("workspace", workspace)
                .addKeyValue("profiles", all)
                .addKeyValue("removed", removed)
                .log("Profiles were erased from the warehouse");
        return receipt;
    }

    /** Who was not deleted gets new rows all the time; who has no rows may have been erased before. */
    private void refuseLiving(String workspace, Set<String> living) {
        for (WarehouseTable name : living.isEmpty() ? List.<WarehouseTable>of() : ERASED) {
            tables.get().find(workspace, name).ifPresent(table -> {
                if (new Erasure(table, living, profileColumns(table)).isNeeded()) {
                    throw new PlatformException(
                            Problem.INVALID_REQUEST,
                            "erase: " + living + " of " + workspace + " (expected: profiles that were deleted)");
                }
            });
        }
    }

    private static ErasureReceipt.Removed erase(Table table, Set<String> profileIds) {
        PastStates past = new PastStates(table);
        past.refuseNamed();
        Erasure erasure = new Erasure(table, profileIds, profileColumns(table));
        erasure.run();
        int states = past.forget();
        return new ErasureReceipt.Removed(
                erasure.rows(), erasure.files(), table.currentSnapshot().snapshotId(), states);
    }

    private static List<String> profileColumns(Table table) {
        return Stream.of("profile_id", "other_id")
                .filter(column -> table.schema().findField(column) != null)
                .toList();
    }

    /** How large a table was when it was last looked after. */
    public Optional<TableSize> size(String workspace, WarehouseTable table) {
        return Optional.ofNullable(sizes.get(new Key(workspace, table)));
    }

    /** Why tables are not looked after, if they are not. */
    public Optional<String> trouble() {
        return Optional.ofNullable(trouble);
    }

    /** Waits for the work under way. */
    @Override
    public void close() {
        thread.shutdownNow();
        try {
            if (!thread.awaitTermination(10, TimeUnit.SECONDS)) {
                log.atWarn().log("Upkeep of the warehouse did not end in time");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
