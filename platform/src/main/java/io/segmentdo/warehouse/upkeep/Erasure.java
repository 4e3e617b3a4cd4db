package io.segmentdo.warehouse.upkeep;

import io.segmentdo.warehouse.rows.DataFiles;
import io.segmentdo.warehouse.rows.RowFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.OverwriteFiles;
import org.apache.iceberg.Schema;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.Table;
import org.apache.iceberg.exceptions.CommitStateUnknownException;
import org.apache.iceberg.io.CloseableIterable;

/**
 * Removes all rows of some profiles from one table: files that hold any are written anew without them, and the states
 * that had the old files are forgotten, so that the bytes are gone.
 *
 * <p>Rows that are loaded meanwhile are found by another look; who must stay gone is to be suppressed at the entrance first.
 * Confined to the thread that runs it.
 */
final class Erasure {
    private static final int LOOKS_MAX = 20;

    private final Table table;
    private final Set<String> profileIds;
    private final List<String> columns;
    private long rows;
    private int files;

    /**
     * Prepares the removal.
     *
     * @param columns the columns that name profiles; a row goes when one of them names one of these
     */
    Erasure(Table table, Set<String> profileIds, List<String> columns) {
        this.table = table;
        this.profileIds = profileIds;
        this.columns = columns;
    }

    long rows() {
        return rows;
    }

    int files() {
        return files;
    }

    void run(long nowMillis) {
        for (int look = 0; look < LOOKS_MAX && removeOnce(); look++) {
            // until nothing is found
        }
        if (files > 0) {
            new Expiry(table).run(Duration.ZERO, 1, nowMillis + 60_000);
        }
    }

    private boolean removeOnce() {
        table.refresh();
        if (table.currentSnapshot() == null) {
            return false;
        }
        long since = table.currentSnapshot().snapshotId();
        Map<Optional<Integer>, List<DataFile>> hit = new HashMap<>();
        for (DataFile file : RowFiles.all(table)) {
            if (holdsAny(file)) {
                hit.computeIfAbsent(Compaction.partition(file), ignored -> new ArrayList<>())
                        .add(file);
            }
        }
        hit.forEach((partition, some) -> replace(since, partition, some));
        return !hit.isEmpty();
    }

    private boolean holdsAny(DataFile file) {
        Schema ids = table.schema().select(columns);
        try (CloseableIterable<StructLike> rows = RowFiles.read(table, file, ids)) {
            for (StructLike row : rows) {
                if (isHit(row, ids)) {
                    return true;
                }
            }
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean isHit(StructLike row, Schema schema) {
        for (int place = 0; place < schema.columns().size(); place++) {
            if (columns.contains(schema.columns().get(place).name())) {
                Object id = row.get(place, Object.class);
                if (id != null && profileIds.contains(id.toString())) {
                    return true;
                }
            }
        }
        return false;
    }

    private void replace(long since, Optional<Integer> partition, List<DataFile> some) {
        for (DataFile file : some) {
            DataFiles target =
                    DataFiles.lasting(table, table.schema(), "erased-" + UUID.randomUUID(), file.recordCount());
            try {
                Schema schema = table.schema();
                long left = Compaction.copy(table, List.of(file), target, partition, row -> !isHit(row, schema));
                commit(since, file, target.finish());
                rows += left;
                files++;
            } catch (CommitStateUnknownException e) {
                throw e; // to be done again, which finds nothing if it was done
            } catch (RuntimeException e) {
                target.discard();
                throw e;
            }
        }
    }

    private void commit(long since, DataFile old, List<DataFile> next) {
        Replacement.commit(table, () -> {
            OverwriteFiles overwrite =
                    table.newOverwrite().validateFromSnapshot(since).deleteFile(old);
            next.forEach(overwrite::addFile);
            return overwrite;
        });
    }
}
