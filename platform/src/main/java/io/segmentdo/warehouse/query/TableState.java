package io.segmentdo.warehouse.query;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.Schema;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.InclusiveMetricsEvaluator;

/**
 * A table as it was at one snapshot, with its files and the least and greatest values in them; a table that does not exist
 * yet is one without rows.
 *
 * <p>Immutable.
 */
public final class TableState {
    /** A data file by address, with its size. */
    public record StoredFile(String location, long bytes, long rows) {}

    private final Schema schema;
    private final long snapshotId;
    private final long committedMillis;
    private final List<DataFile> files;

    /**
     * @param schema the columns at that time
     * @param snapshotId 0 without a snapshot
     * @param committedMillis 0 without a snapshot
     */
    TableState(Schema schema, long snapshotId, long committedMillis, List<DataFile> files) {
        this.schema = schema;
        this.snapshotId = snapshotId;
        this.committedMillis = committedMillis;
        this.files = files;
    }

    /** The columns at that time. */
    public Schema schema() {
        return schema;
    }

    /** The snapshot's id, 0 without one. */
    public long snapshotId() {
        return snapshotId;
    }

    /** When it was committed, in epoch milliseconds, 0 without a snapshot. */
    long committedMillis() {
        return committedMillis;
    }

    /** All files by the day of their events. */
    public SortedMap<LocalDate, List<StoredFile>> filesByDay() {
        SortedMap<LocalDate, List<StoredFile>> days = new TreeMap<>();
        for (DataFile file : files) {
            Integer day = file.partition().get(0, Integer.class);
            days.computeIfAbsent(LocalDate.ofEpochDay(day == null ? 0 : day), d -> new ArrayList<>())
                    .add(stored(file));
        }
        return days;
    }

    /** All files. */
    public List<StoredFile> files() {
        return files.stream().map(TableState::stored).toList();
    }

    /** The files that can hold rows for which this is true. */
    public List<StoredFile> files(Expression filter) {
        InclusiveMetricsEvaluator mayHold = new InclusiveMetricsEvaluator(schema, filter);
        return files.stream().filter(mayHold::eval).map(TableState::stored).toList();
    }

    private static StoredFile stored(DataFile file) {
        return new StoredFile(file.location(), file.fileSizeInBytes(), file.recordCount());
    }
}
