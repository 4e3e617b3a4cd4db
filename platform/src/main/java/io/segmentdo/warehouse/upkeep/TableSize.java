package io.segmentdo.warehouse.upkeep;

import java.util.Map;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;

/**
 * How large a table is, by its current state.
 *
 * <p>Immutable.
 */
public record TableSize(long rows, long files, long bytes, long snapshots) {
    static final TableSize NONE = new TableSize(0, 0, 0, 0);

    static TableSize of(Table table) {
        Snapshot current = table.currentSnapshot();
        if (current == null) {
            return NONE;
        }
        long snapshots = 0;
        for (Snapshot snapshot : table.snapshots()) {
            snapshots += snapshot == null ? 0 : 1;
        }
        Map<String, String> summary = current.summary();
        return new TableSize(
                number(summary, "total-records"),
                number(summary, "total-data-files"),
                number(summary, "total-files-size"),
                snapshots);
    }

    private static long number(Map<String, String> summary, String key) {
        return Long.parseLong(summary.getOrDefault(key, "0"));
    }
}
