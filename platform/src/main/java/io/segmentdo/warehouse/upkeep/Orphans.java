package io.segmentdo.warehouse.upkeep;

import java.util.HashSet;
import java.util.Set;
import org.apache.iceberg.HasTableOperations;
import org.apache.iceberg.StatisticsFile;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.io.FileInfo;
import org.apache.iceberg.io.SupportsPrefixOperations;

/**
 * Removes files in the directory of a table that none of its states refers to: what crashes left behind.
 *
 * <p>Files of loads under way look the same, so only old ones go. Confined to the thread of upkeep.
 */
final class Orphans {
    private final Table table;

    Orphans(Table table) {
        this.table = table;
    }

    /** Removes what was last changed before this time; returns how many files. */
    int sweep(long changedBeforeMillis) {
        if (!(table.io() instanceof SupportsPrefixOperations files)) {
            return 0;
        }
        table.refresh();
        // listed before it is asked what is referred to, so that a file that becomes part of the table meanwhile is not
        // lost
        Set<String> old = new HashSet<>();
        for (FileInfo file : files.listPrefix(table.location() + "/")) {
            if (file.createdAtMillis() < changedBeforeMillis) {
                old.add(file.location());
            }
        }
        if (old.isEmpty()) {
            return 0;
        }
        table.refresh();
        removeReferred(old);
        old.forEach(files::deleteFile);
        return old.size();
    }

    private void removeReferred(Set<String> locations) {
        StateFiles.of(table, table.snapshots()).locations().forEach(locations::remove);
        TableMetadata metadata = ((HasTableOperations) table).operations().current();
        locations.remove(metadata.metadataFileLocation());
        metadata.previousFiles().forEach(previous -> locations.remove(previous.file()));
        for (StatisticsFile statistics : table.statisticsFiles()) {
            locations.remove(statistics.path());
        }
        locations.removeIf(location -> location.endsWith("/version-hint.text"));
    }
}
