package io.segmentdo.warehouse.rows;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.Schema;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.data.parquet.InternalWriter;
import org.apache.iceberg.io.DataWriter;
import org.apache.iceberg.parquet.Parquet;
import org.apache.iceberg.types.Types.NestedField;

/**
 * The Parquet files of one load into one table, one per partition of the table and more when its columns change. Confined
 * to its writer's thread.
 */
public final class DataFiles {
    /** Each open file holds pages of all its columns; events of more days than this make more files, not more memory. */
    private static final int OPEN_MAX = 8;

    /** Joining compresses again, and better; this takes half of the time. */
    private static final int QUICK_COMPRESSION = 1;

    /** Most values of a load are unique, and looking them up in a dictionary is a third of the work of writing. */
    private static final int SMALL_DICTIONARY_BYTES = 16 << 10;

    /** By these somebody's events and single events are looked for, and nothing sorts by them. */
    private static final List<String> SOUGHT = List.of("message_id", "user_id", "anonymous_id");

    /** About what a group of rows holds at most; a filter is as large as it needs to be for so many values. */
    private static final long FILTERED_ROWS_MAX = 150_000;

    private final Table table;
    private final String loadId;
    private final Map<String, String> properties;
    private final Map<Optional<Integer>, DataWriter<StructLike>> open = new LinkedHashMap<>(16, 0.75f, true);
    private final List<DataFile> done = new ArrayList<>();
    private Schema schema;
    private int count;
    private long rows;

    private DataFiles(Table table, Schema schema, String loadId, Map<String, String> properties) {
        this.table = table;
        this.schema = schema;
        this.loadId = loadId;
        this.properties = properties;
    }

    /**
     * Starts without files; they are made to be read for long.
     *
     * @param schema the columns of rows, in the order of their places
     * @param loadId begins the names of the files
     * @param rows about how many there will be
     */
    public static DataFiles lasting(Table table, Schema schema, String loadId, long rows) {
        Map<String, String> filters = new HashMap<>();
        for (String column : SOUGHT) {
            if (schema.findField(column) != null && rows > 0) {
                filters.put(TableProperties.PARQUET_BLOOM_FILTER_COLUMN_ENABLED_PREFIX + column, "true");
                filters.put(
                        TableProperties.PARQUET_BLOOM_FILTER_COLUMN_NDV_PREFIX + column,
                        Long.toString(Math.min(rows, FILTERED_ROWS_MAX)));
            }
        }
        return new DataFiles(table, schema, loadId, filters);
    }

    /** The same, but they are made to be written quickly, and joined into others soon. */
    public static DataFiles passing(Table table, Schema schema, String loadId) {
        Map<String, String> quick = new HashMap<>();
        quick.put(TableProperties.PARQUET_DICT_SIZE_BYTES, Integer.toString(SMALL_DICTIONARY_BYTES));
        quick.put(TableProperties.PARQUET_COMPRESSION_LEVEL, Integer.toString(QUICK_COMPRESSION));
        for (NestedField column : schema.columns()) {
            if (!table.properties().containsKey(TableProperties.METRICS_MODE_COLUMN_CONF_PREFIX + column.name())) {
                quick.put(TableProperties.PARQUET_COLUMN_STATS_ENABLED_PREFIX + column.name(), "false");
            }
        }
        return new DataFiles(table, schema, loadId, quick);
    }

    /** How many rows were written. */
    public long rows() {
        return rows;
    }

    /** How many files were begun. */
    public int count() {
        return count;
    }

    /** From the next row on there are more columns. */
    public void changeColumns(Schema changed) {
        finishOpen();
        schema = changed;
    }

    /**
     * Writes a row.
     *
     * @param partition the value of the table's partition, empty when it has none
     */
    public void write(StructLike row, Optional<Integer> partition) {
        DataWriter<StructLike> writer = open.get(partition);
        if (writer == null) {
            if (open.size() >= OPEN_MAX) {
                Iterator<DataWriter<StructLike>> eldest = open.values().iterator();
                finish(eldest.next());
                eldest.remove();
            }
            writer = start(partition);
            open.put(partition, writer);
        }
        writer.write(row);
        rows++;
    }

    private DataWriter<StructLike> start(Optional<Integer> partition) {
        Row value = new Row(1);
        partition.ifPresent(day -> value.set(0, day));
        String name = loadId + "-" + count + ".parquet";
        count++;
        String location = partition.isPresent()
                ? table.locationProvider().newDataLocation(table.spec(), value, name)
                : table.locationProvider().newDataLocation(name);
        try {
            return Parquet.writeData(table.io().newOutputFile(location))
                    .forTable(table)
                    .setAll(properties)
                    .schema(schema)
                    .withPartition(partition.isPresent() ? value : null)
                    .createWriterFunc(InternalWriter::createWriter)
                    .build();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Completes the files and says which they are. */
    public List<DataFile> finish() {
        finishOpen();
        return done;
    }

    private void finishOpen() {
        open.values().forEach(this::finish);
        open.clear();
    }

    private void finish(DataWriter<StructLike> writer) {
        try {
            writer.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        done.add(writer.toDataFile());
    }

    /** Removes the files, because they will not be part of the table; what remains is swept up later. */
    public void discard() {
        for (DataWriter<StructLike> writer : open.values()) {
            try {
                writer.close();
                done.add(writer.toDataFile());
            } catch (IOException | RuntimeException e) {
                // it was not complete anyway
            }
        }
        open.clear();
        for (DataFile file : done) {
            try {
                table.io().deleteFile(file.location());
            } catch (RuntimeException e) {
                // an orphan, for upkeep
            }
        }
        done.clear();
    }
}
