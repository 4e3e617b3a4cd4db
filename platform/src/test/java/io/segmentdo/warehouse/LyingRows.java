package io.segmentdo.warehouse;

import io.segmentdo.warehouse.table.Tables;
import io.segmentdo.warehouse.table.WarehouseTable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.data.parquet.GenericParquetReaders;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.io.FileInfo;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.SupportsPrefixOperations;
import org.apache.iceberg.parquet.Parquet;

/** All rows in files that lie where a workspace has its tables, whether a state of a table knows of the file or not. */
public final class LyingRows {
    private LyingRows() {}

    /** Each row as text. */
    public static List<String> of(Tables tables, String workspace) throws IOException {
        List<String> rows = new ArrayList<>();
        for (WarehouseTable name : WarehouseTable.values()) {
            Optional<Table> table = tables.find(workspace, name);
            if (table.isPresent() && table.get().io() instanceof SupportsPrefixOperations files) {
                for (FileInfo file : files.listPrefix(table.get().location() + "/")) {
                    if (file.location().endsWith(".parquet")) {
                        read(table.get(), files.newInputFile(file.location()), rows);
                    }
                }
            }
        }
        return rows;
    }

    private static void read(Table table, InputFile file, List<String> rows) throws IOException {
        try (CloseableIterable<Record> found = Parquet.read(file)
                .project(table.schema())
                .createReaderFunc(schema -> GenericParquetReaders.buildReader(table.schema(), schema))
                .build()) {
            found.forEach(row -> rows.add(row.toString()));
        }
    }
}
