package io.segmentdo.warehouse.rows;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Schema;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.parquet.InternalReader;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.parquet.Parquet;

/** The rows of data files, without copying what is not asked for. */
public final class RowFiles {
    private RowFiles() {}

    /** The data files of the state at which a table stands. */
    public static List<DataFile> all(Table table) {
        List<DataFile> all = new ArrayList<>();
        if (table.currentSnapshot() != null) {
            try (CloseableIterable<FileScanTask> tasks =
                    table.newScan().planWith(Workers.THREADS).planFiles()) {
                tasks.forEach(task -> all.add(task.file()));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return all;
    }

    /** How many rows some files have. */
    public static long rows(List<DataFile> files) {
        return files.stream().mapToLong(DataFile::recordCount).sum();
    }

    /** The rows of a file by the columns of a schema. */
    public static CloseableIterable<StructLike> read(Table table, DataFile file, Schema schema) {
        return Parquet.read(table.io().newInputFile(file.location(), file.fileSizeInBytes()))
                .project(schema)
                .createReaderFunc(fileSchema -> InternalReader.create(schema, fileSchema))
                .build();
    }

    /** Shows each row of a file to a visitor. */
    public static void read(Table table, DataFile file, Schema schema, Consumer<StructLike> visitor) {
        try (CloseableIterable<StructLike> rows = read(table, file, schema)) {
            rows.forEach(visitor);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
