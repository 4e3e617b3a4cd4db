package io.segmentdo.warehouse.upkeep;

import io.segmentdo.problem.PlatformException;
import io.segmentdo.problem.Problem;
import io.segmentdo.warehouse.rows.DataFiles;
import io.segmentdo.warehouse.rows.RowFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.OverwriteFiles;
import org.apache.iceberg.Schema;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.Table;
import org.apache.iceberg.exceptions.CommitStateUnknownException;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.exceptions.ValidationException;
import org.apache.iceberg.io.CloseableIterable;

/**
 * Removes all rows of some profiles from one table: files that hold any are written anew without them.
 *
 * <p>Files are looked at until there is none that was not; what others have joined meanwhile is looked at again. Confined to
 * the thread that runs it.
 */
final class Erasure {
    private static final int LOOKS_MAX = 20;

    private final Table table;
    private final Set<String> profileIds;
    private final List<String> columns;
    private final Set<String> clean = new HashSet<>();
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

    /** How many rows were removed. */
    long rows() {
        return rows;
    }

    /** How many files had them. */
    int files() {
        return files;
    }

    /** Whether any row is left. */
    boolean isNeeded() {
        return !hit().isEmpty();
    }

    void run() {
        List<DataFile> hit = hit();
        for (int look = 1; !hit.isEmpty(); look++) {
            if (look > LOOKS_MAX) {
                throw new PlatformException(
                        Problem.OVERLOADED, "erase: others change the table " + table.name() + " all the time");
            }
            steps(hit).forEach(this::replace);
            hit = hit();
        }
    }

    private List<DataFile> hit() {
        table.refresh();
        List<DataFile> hit = new ArrayList<>();
        for (DataFile file : RowFiles.all(table)) {
            if (!clean.contains(file.location())) {
                if (holdsAny(file)) {
                    hit.add(file);
                } else {
                    clean.add(file.location());
                }
            }
        }
        return hit;
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

    /** A table that is small is changed in one step, so that no half of what it says about somebody is left. */
    private List<List<DataFile>> steps(List<DataFile> hit) {
        return table.spec().isUnpartitioned()
                ? List.of(hit)
                : hit.stream().map(List::of).toList();
    }

    private void replace(List<DataFile> old) {
        table.refresh();
        long since = table.currentSnapshot().snapshotId();
        Schema schema = table.schema();
        DataFiles target = DataFiles.lasting(table, schema, "erased-" + UUID.randomUUID(), RowFiles.rows(old));
        try {
            long left = Compaction.copy(
                    table, old, target, Compaction.partition(old.getFirst()), row -> !isHit(row, schema));
            commit(since, old, target.finish());
            rows += left;
            files += old.size();
        } catch (CommitStateUnknownException e) {
            throw e; // to be done again, which finds nothing if it was done
        } catch (ValidationException | NotFoundException e) {
            target.discard(); // another member has joined them with others: the next look finds those
        } catch (RuntimeException e) {
            target.discard();
            throw e;
        }
    }

    private void commit(long since, List<DataFile> old, List<DataFile> next) {
        Replacement.commit(table, () -> {
            OverwriteFiles overwrite = table.newOverwrite()
                    .validateFromSnapshot(since)
                    .validateNoConflictingDeletes(); // fails when one of the files has been replaced
            old.forEach(overwrite::deleteFile);
            next.forEach(overwrite::addFile);
            return overwrite;
        });
    }
}
