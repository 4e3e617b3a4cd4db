package io.segmentdo.warehouse.load;

import io.segmentdo.event.IdentifiedEvent;
import io.segmentdo.event.OutboxEntry;
import io.segmentdo.event.ProfileFact;
import io.segmentdo.priority.Priority;
import io.segmentdo.store.Outbox;
import io.segmentdo.store.PartitionStore;
import io.segmentdo.warehouse.table.Tables;
import io.segmentdo.warehouse.table.WarehouseTable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread that brings the outbox into the tables.
 *
 * <p>It reads what the partitions of this node have, writes it into files and commits these after an interval or a number
 * of bytes. When a commit fails it is tried until it is known to be in the table; when writing fails what was not
 * committed is read again. Nothing else is read meanwhile, so memory is bounded. Methods are safe for concurrent use.
 */
public final class Loader implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Loader.class);
    private static final int FILES_MAX = 256;
    private static final int CLOSING_FAILURES_MAX = 3;
    private static final long PAUSE_MILLIS_MAX = 10_000;

    /** How eager the thread is. */
    public record Limits(Duration interval, Duration profilesInterval, long bytes, int columnsMax, Duration closing) {}

    private record TableKey(String workspace, WarehouseTable table) {}

    private final Supplier<Tables> tables;
    private final Limits limits;
    private final Conflicts conflicts;
    private final LoadMeters meters;
    private final Streams streams;
    private final Queue<Runnable> orders = new ConcurrentLinkedQueue<>();
    private final Semaphore work = new Semaphore(0);
    private final AutoCloseable subscription;
    private final Thread thread;
    private volatile boolean isClosing;
    private volatile @Nullable String trouble;

    // the thread's own
    private final Map<TableKey, TableLoad> loads = new HashMap<>();
    private final Profiles profiles;
    private @Nullable EventReader reader;
    private long firstReadNanos;
    private long pendingBytes;
    private int failuresInRow;
    private boolean hurries;

    /** Starts the thread; the tables are asked for when there is something to write. */
    public Loader(
            Supplier<Tables> tables,
            PartitionStore store,
            Outbox outbox,
            Limits limits,
            Conflicts conflicts,
            LoadMeters meters) {
        this.tables = tables;
        this.limits = limits;
        this.conflicts = conflicts;
        this.meters = meters;
        this.streams = new Streams(store, outbox);
        this.profiles = new Profiles(tables, limits, conflicts);
        this.subscription = outbox.subscribe((partition, tail) -> wake());
        this.thread = Thread.ofPlatform().name("warehouse").start(this::run);
    }

    /** Loads from this partition too, with the epoch at which this node opened it. */
    public void own(int partition, long epoch) {
        order(() -> streams.open(partition, epoch));
    }

    /** Leaves a partition to its new owner. */
    public void disown(int partition) {
        order(() -> streams.close(partition));
    }

    private void order(Runnable order) {
        orders.add(order);
        wake();
    }

    private void wake() {
        if (work.availablePermits() == 0) {
            work.release();
        }
    }

    /** The oldest position of a partition that some table still needs. */
    public long lowest(int partition) {
        return streams.storedCursor(partition);
    }

    /** Whether a partition is this node's, as far as the thread knows. */
    public boolean owns(int partition) {
        long cursor = streams.storedCursor(partition);
        return cursor > 0 && cursor < Long.MAX_VALUE;
    }

    /** Commits what this node's partitions have now, without waiting for the interval; returns before it is done. */
    public void hurry() {
        order(() -> hurries = true);
    }

    /** Why loads do not go on, if they do not. */
    public Optional<String> trouble() {
        return Optional.ofNullable(trouble);
    }

    private void run() {
        Priority.LATE.take();
        while (!isClosing) {
            try {
                step();
            } catch (InterruptedException e) {
                break;
            } catch (RuntimeException | LinkageError e) {
                startOver(e);
            }
        }
        finish();
    }

    private void step() throws InterruptedException {
        for (Runnable order = orders.poll(); order != null; order = orders.poll()) {
            order.run();
        }
        boolean hasRead = read();
        if (isDue() || (hurries && !hasRead && streams.hasRead())) {
            commit();
        } else if (!hasRead) {
            await();
        }
    }

    private boolean read() {
        List<OutboxEntry> entries = streams.next();
        if (entries.isEmpty()) {
            return false;
        }
        if (firstReadNanos == 0) {
            firstReadNanos = Math.max(1, System.nanoTime());
            meters.oldest(receivedAt(entries.getFirst()));
        }
        reportExpired();
        Map<TableKey, List<OutboxEntry>> byTable = new HashMap<>();
        for (OutboxEntry entry : entries) {
            profiles.add(entry);
            switch (entry) {
                case IdentifiedEvent identified -> {
                    pendingBytes += identified.event().json().length();
                    group(byTable, identified.event().workspace(), WarehouseTable.EVENTS, entry);
                }
                case ProfileFact fact -> {
                    switch (fact.kind()) {
                        case MERGED, UNMERGED, DELETED ->
                            group(byTable, fact.workspace(), WarehouseTable.PROFILE_MERGES, entry);
                        case CREATED, RECOMPUTED -> {}
                    }
                }
            }
        }
        byTable.forEach((key, ofTable) -> load(key).add(ofTable));
        return true;
    }

    private static long receivedAt(OutboxEntry entry) {
        return switch (entry) {
            case IdentifiedEvent identified -> identified.event().receivedAtMillis();
            case ProfileFact fact -> fact.atMillis();
        };
    }

    private static void group(
            Map<TableKey, List<OutboxEntry>> byTable, String workspace, WarehouseTable table, OutboxEntry entry) {
        byTable.computeIfAbsent(new TableKey(workspace, table), ignored -> new ArrayList<>())
                .add(entry);
    }

    private TableLoad load(TableKey key) {
        return loads.computeIfAbsent(
                key,
                ignored -> new TableLoad(
                        tables.get(),
                        key.workspace(),
                        key.table(),
                        reader(),
                        limits.columnsMax(),
                        conflicts.in(key.workspace()),
                        streams.settled()));
    }

    /** Made late, because it knows the schema, and that Iceberg. */
    private EventReader reader() {
        EventReader made = reader;
        if (made == null) {
            made = new EventReader();
            reader = made;
        }
        return made;
    }

    private void reportExpired() {
        long expired = streams.takeExpired();
        if (expired > 0) {
            meters.expired(expired);
            log.atError()
                    .addKeyValue("entries", expired)
                    .log("Events had left the outbox before the warehouse had them");
        }
    }

    private boolean isDue() {
        if (firstReadNanos == 0) {
            return profiles.isDue();
        }
        return pendingBytes >= limits.bytes()
                || System.nanoTime() - firstReadNanos >= limits.interval().toNanos()
                || loads.values().stream().anyMatch(load -> load.fileCount() >= FILES_MAX);
    }

    private void commit() throws InterruptedException {
        long start = System.nanoTime();
        long rows = 0;
        boolean isOvertaken = false;
        List<TableLoad> open =
                loads.values().stream().filter(load -> !load.isEmpty()).toList();
        open.forEach(TableLoad::seal);
        for (TableLoad load : open) {
            long count = load.rowCount();
            switch (commit(load)) {
                case LoadOutcome.Committed committed -> rows += count;
                case LoadOutcome.Overtaken overtaken -> isOvertaken = true;
            }
        }
        if (!isOvertaken && (profiles.isDue() || ((hurries || isClosing) && !profiles.isEmpty()))) {
            isOvertaken = !profiles.apply();
        }
        if (isOvertaken) {
            profiles.discard();
            streams.rewind();
        } else {
            streams.settle(profiles::firstPosition);
        }
        failuresInRow = 0;
        trouble = null;
        if (rows > 0) {
            meters.committed(rows, System.nanoTime() - start);
        }
        settled();
    }

    private void settled() {
        meters.oldest(0);
        hurries = false;
        firstReadNanos = 0;
        pendingBytes = 0;
    }

    /** Until it is known; only the end of the node ends it before. */
    private LoadOutcome commit(TableLoad load) throws InterruptedException {
        for (int failures = 0; ; failures++) {
            try {
                return load.commit();
            } catch (RuntimeException e) {
                failed(e, "A commit to the warehouse failed, it is looked up and tried again");
                pause(failures);
                if (isClosing && failures >= CLOSING_FAILURES_MAX) {
                    throw e;
                }
            }
        }
    }

    private void startOver(Throwable e) {
        failed(e, "A load of the warehouse failed, its events are read again");
        for (TableLoad load : loads.values()) {
            try {
                load.discard();
            } catch (RuntimeException again) {
                log.atDebug().setCause(again).log("A table cannot be read");
            }
        }
        loads.clear();
        profiles.discard();
        streams.rewind();
        settled();
        try {
            pause(failuresInRow);
            failuresInRow++;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void failed(Throwable e, String message) {
        meters.failed();
        trouble = String.valueOf(e.getMessage());
        log.atWarn().setCause(e).log(message);
    }

    private void pause(int failures) throws InterruptedException {
        long millis = Math.min(PAUSE_MILLIS_MAX, 100L << Math.min(failures, 10));
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        while (!isClosing && System.nanoTime() < deadline) {
            work.tryAcquire(Math.max(1, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
        }
    }

    private void await() throws InterruptedException {
        long left = profiles.nanosLeft();
        if (firstReadNanos != 0) {
            left = Math.min(left, firstReadNanos + limits.interval().toNanos() - System.nanoTime());
        }
        if (left == Long.MAX_VALUE) {
            work.acquire();
        } else {
            work.tryAcquire(Math.max(1, left), TimeUnit.NANOSECONDS);
        }
        work.drainPermits();
    }

    private void finish() {
        try {
            while (pendingBytes < limits.bytes() && read()) {
                // what came until now
            }
            if (streams.hasRead()) {
                commit();
            }
        } catch (RuntimeException | LinkageError | InterruptedException e) {
            log.atWarn().setCause(e).log("The last load is repeated at the next start");
        }
    }

    /** Commits what was read, in bounded time, and ends the thread. */
    @Override
    public void close() {
        isClosing = true;
        wake();
        try {
            subscription.close();
            if (!thread.join(limits.closing())) {
                thread.interrupt();
                thread.join();
            }
        } catch (InterruptedException e) {
            thread.interrupt();
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            throw new IllegalStateException(e); // the subscription has nothing that could fail
        }
    }
}
