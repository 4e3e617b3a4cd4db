package io.segmentdo.warehouse.load;

import io.segmentdo.warehouse.rows.Workers;
import io.segmentdo.warehouse.table.Positions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.exceptions.ValidationException;
import org.apache.iceberg.util.SnapshotUtil;

/*
 * Exactly once:
 * - a load says from which positions on it read (expected) and how far it came (reached), per partition;
 * - its rows and the positions that it reached become visible in one step, the snapshot;
 * - the step is made only on a state whose positions are the expected ones, which the catalog's compare-and-swap and the
 *   validation below make sure of together: what another member or a former owner has committed meanwhile shows there;
 * - when it is not known whether the step was made, the ancestors of the current state tell, by the id of the load.
 */
/** One step that makes the files of a load part of the table, together with the positions they reach. */
final class Commit {
    private static final String LOAD = "segmentdo.load";

    private final Table table;
    private final String loadId;
    private final List<DataFile> files;
    private final Map<Integer, Long> expected;
    private final Map<Integer, Long> reached;

    /**
     * Describes the step.
     *
     * @param expected for each partition that rows came from, the position in the table when its reading began
     * @param reached for each partition, how far the rows go
     */
    Commit(Table table, String loadId, List<DataFile> files, Map<Integer, Long> expected, Map<Integer, Long> reached) {
        this.table = table;
        this.loadId = loadId;
        this.files = files;
        this.expected = expected;
        this.reached = reached;
    }

    /**
     * Tries once.
     *
     * @throws RuntimeException when it failed, or it is not known whether it did; to be tried again, which looks first
     */
    LoadOutcome attempt(Positions fallback) {
        while (true) {
            table.refresh();
            if (isCommitted()) {
                return new LoadOutcome.Committed(Positions.of(table).orElse(fallback));
            }
            Optional<Positions> stored = Positions.of(table);
            Positions base = stored.orElse(fallback);
            if (!isAsExpected(base)) {
                return new LoadOutcome.Overtaken(base);
            }
            Positions next = base.with(reached);
            AppendFiles append = Workers.use(table.newAppend())
                    .set(Positions.SUMMARY, next.text())
                    .set(LOAD, loadId);
            files.forEach(append::appendFile);
            append.validateWith(ancestors -> Positions.lastOf(ancestors).equals(stored));
            try {
                append.commit();
                return new LoadOutcome.Committed(next);
            } catch (ValidationException e) {
                // another member was first; its positions must not be taken back
            }
        }
    }

    private boolean isAsExpected(Positions base) {
        return expected.entrySet().stream().allMatch(entry -> base.of(entry.getKey()) == entry.getValue());
    }

    private boolean isCommitted() {
        for (Snapshot snapshot : SnapshotUtil.currentAncestors(table)) {
            if (loadId.equals(snapshot.summary().get(LOAD))) {
                return true;
            }
        }
        return false;
    }
}
