package io.segmentdo.warehouse.query;

import io.segmentdo.problem.PlatformException;
import io.segmentdo.problem.Problem;
import io.segmentdo.warehouse.table.Tables;
import io.segmentdo.warehouse.table.WarehouseTable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.util.SnapshotUtil;
import org.jspecify.annotations.Nullable;

/**
 * A table as it was at one snapshot; a table that does not exist yet is one without rows.
 *
 * <p>For one thread.
 */
public final class TableState {
    private final WarehouseTable name;
    private final @Nullable Table table;
    private final @Nullable Snapshot snapshot;

    private TableState(WarehouseTable name, @Nullable Table table, @Nullable Snapshot snapshot) {
        this.name = name;
        this.table = table;
        this.snapshot = snapshot;
    }

    /** The table of a workspace at a moment, or now. */
    public static TableState load(Tables tables, String workspace, WarehouseTable name, Optional<Moment> moment) {
        Table table = tables.find(workspace, name).orElse(null);
        if (table == null) {
            return new TableState(name, null, null);
        }
        return new TableState(name, table, moment.isEmpty() ? table.currentSnapshot() : at(table, moment.get()));
    }

    private static @Nullable Snapshot at(Table table, Moment moment) {
        return switch (moment) {
            case Moment.At at -> {
                Long id =
                        SnapshotUtil.nullableSnapshotIdAsOfTime(table, at.time().toEpochMilli());
                yield id == null ? null : table.snapshot(id);
            }
            case Moment.Snapshot by -> {
                Snapshot found = table.snapshot(by.id());
                if (found == null) {
                    throw new PlatformException(
                            Problem.INVALID_REQUEST,
                            "asOf: " + by.id() + " (expected: a snapshot of the events that is still kept)");
                }
                yield found;
            }
        };
    }

    /** The columns at that time. */
    public Schema schema() {
        if (table == null) {
            return name.schema();
        }
        Integer id = snapshot == null ? null : snapshot.schemaId();
        Schema then = id == null ? null : table.schemas().get(id);
        return then == null ? table.schema() : then;
    }

    /** The snapshot's id, 0 without one. */
    public long snapshotId() {
        return snapshot == null ? 0 : snapshot.snapshotId();
    }

    /** Whether there is something in the table, but was nothing at that moment. */
    boolean isBeforeAll() {
        return snapshot == null && table != null && table.currentSnapshot() != null;
    }

    /** When it was committed, in epoch milliseconds, 0 without a snapshot. */
    long committedMillis() {
        return snapshot == null ? 0 : snapshot.timestampMillis();
    }

    /** A data file by address, with its size. */
    public record DataFile(String location, long bytes, long rows) {}

    /** All files by the day of their events. */
    public SortedMap<LocalDate, List<DataFile>> filesByDay() {
        SortedMap<LocalDate, List<DataFile>> days = new TreeMap<>();
        scan(Expressions.alwaysTrue(), task -> {
            Integer day = task.file().partition().get(0, Integer.class);
            days.computeIfAbsent(LocalDate.ofEpochDay(day == null ? 0 : day), d -> new ArrayList<>())
                    .add(file(task));
        });
        return days;
    }

    /** The files that can hold rows for which this is true. */
    public List<DataFile> files(Expression filter) {
        List<DataFile> files = new ArrayList<>();
        scan(filter, task -> files.add(file(task)));
        return files;
    }

    private static DataFile file(FileScanTask task) {
        return new DataFile(
                task.file().location(),
                task.file().fileSizeInBytes(),
                task.file().recordCount());
    }

    private void scan(Expression filter, Consumer<FileScanTask> each) {
        if (table == null || snapshot == null) {
            return;
        }
        try (CloseableIterable<FileScanTask> tasks = table.newScan()
                .useSnapshot(snapshot.snapshotId())
                .filter(filter)
                .planFiles()) {
            for (FileScanTask task : tasks) {
                if (!task.deletes().isEmpty()) {
                    throw new PlatformException(
                            Problem.STORAGE_FAILED, task.file().location() + " has delete files, which are not read");
                }
                each.accept(task);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
