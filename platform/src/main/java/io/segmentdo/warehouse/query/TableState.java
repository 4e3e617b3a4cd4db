package io.segmentdo.warehouse.query;

import io.segmentdo.warehouse.engine.Analysis;
import java.nio.ByteBuffer;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.Schema;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.InclusiveMetricsEvaluator;
import org.apache.iceberg.types.Conversions;
import org.apache.iceberg.types.Types.NestedField;
import org.jspecify.annotations.Nullable;

/**
 * A table as it was at one snapshot, with its files and the least and greatest values in them; a table that does not exist
 * yet is one without rows.
 *
 * <p>Immutable.
 */
public final class TableState {
    /**
     * A data file by address, with its size.
     *
     * @param times the ranges of the columns of times where no row is without one
     */
    public record StoredFile(String location, long bytes, long rows, Map<String, Range> times) {
        public StoredFile {
            times = Map.copyOf(times);
        }
    }

    /** No value is less or greater, in microseconds since 1970. */
    public record Range(long least, long greatest) {}

    private record Entry(DataFile file, StoredFile stored) {}

    private final Schema schema;
    private final long snapshotId;
    private final long committedMillis;
    private final List<Entry> entries;
    private final List<StoredFile> files;

    /**
     * @param schema the columns at that time
     * @param snapshotId 0 without a snapshot
     * @param committedMillis 0 without a snapshot
     */
    TableState(Schema schema, long snapshotId, long committedMillis, List<DataFile> files) {
        this.schema = schema;
        this.snapshotId = snapshotId;
        this.committedMillis = committedMillis;
        this.entries = files.stream()
                .map(file -> new Entry(file, stored(file, schema)))
                .toList();
        this.files = entries.stream().map(Entry::stored).toList();
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
        for (Entry entry : entries) {
            Integer day = entry.file().partition().get(0, Integer.class);
            days.computeIfAbsent(LocalDate.ofEpochDay(day == null ? 0 : day), d -> new ArrayList<>())
                    .add(entry.stored());
        }
        return days;
    }

    /** All files. */
    public List<StoredFile> files() {
        return files;
    }

    /** The files that can hold rows for which this is true. */
    public List<StoredFile> files(Expression filter) {
        InclusiveMetricsEvaluator mayHold = new InclusiveMetricsEvaluator(schema, filter);
        return entries.stream()
                .filter(entry -> mayHold.eval(entry.file()))
                .map(Entry::stored)
                .toList();
    }

    private static StoredFile stored(DataFile file, Schema schema) {
        Map<String, Range> times = new HashMap<>();
        for (String column : Analysis.TIMES) {
            NestedField field = schema.findField(column);
            if (field != null && field.isRequired()) {
                Long least = bound(file.lowerBounds(), field);
                Long greatest = bound(file.upperBounds(), field);
                if (least != null && greatest != null) {
                    times.put(column, new Range(least, greatest));
                }
            }
        }
        return new StoredFile(file.location(), file.fileSizeInBytes(), file.recordCount(), times);
    }

    private static @Nullable Long bound(@Nullable Map<Integer, ByteBuffer> bounds, NestedField field) {
        ByteBuffer bound = bounds == null ? null : bounds.get(field.fieldId());
        return bound == null ? null : Conversions.<Long>fromByteBuffer(field.type(), bound);
    }
}
