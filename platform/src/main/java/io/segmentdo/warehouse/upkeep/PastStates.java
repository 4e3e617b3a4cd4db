package io.segmentdo.warehouse.upkeep;

import io.segmentdo.problem.PlatformException;
import io.segmentdo.problem.Problem;
import io.segmentdo.warehouse.table.Positions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.iceberg.ExpireSnapshots;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotRef;
import org.apache.iceberg.Table;

/*
 * Files go before the states that tell of them, rows before lists: whatever ends this in between, doing it again finds
 * what is left. Iceberg's own way is the other one, and files that it could not remove are told of nowhere.
 */
/**
 * Forgets all states of a table but the current one, at once, with the files that only they had: when it ends, these are
 * not in the store any more. Who reads one of these states meanwhile fails. Confined to its thread.
 */
final class PastStates {
    private final Table table;

    PastStates(Table table) {
        this.table = table;
    }

    /** Fails when somebody has named a state so that it stays. */
    void refuseNamed() {
        table.refresh();
        List<String> named = table.refs().keySet().stream()
                .filter(name -> !name.equals(SnapshotRef.MAIN_BRANCH))
                .toList();
        if (!named.isEmpty()) {
            throw new PlatformException(
                    Problem.INVALID_REQUEST,
                    "erase: " + table.name() + " has states that are kept by the names " + named
                            + " (expected: no tags and branches)");
        }
    }

    /** Forgets them; returns how many there were. */
    int forget() {
        keepPositions();
        refuseNamed();
        Snapshot current = table.currentSnapshot();
        List<Snapshot> past = new ArrayList<>();
        for (Snapshot state : table.snapshots()) {
            if (state.snapshotId() != current.snapshotId()) {
                past.add(state);
            }
        }
        if (past.isEmpty()) {
            return 0;
        }
        StateFiles files = StateFiles.leftOf(table, past);
        files.removeAll(StateFiles.of(table, Set.of(current)));
        files.locations().forEach(table.io()::deleteFile);
        ExpireSnapshots expiry =
                table.expireSnapshots().cleanExpiredMetadata(true).cleanupLevel(ExpireSnapshots.CleanupLevel.NONE);
        past.forEach(state -> expiry.expireSnapshotId(state.snapshotId()));
        expiry.commit();
        return past.size();
    }

    /** The current state must tell the positions itself; one that another engine has made does not. */
    private void keepPositions() {
        table.refresh();
        if (!table.currentSnapshot().summary().containsKey(Positions.SUMMARY)
                && Positions.of(table).isPresent()) {
            Replacement.commit(table, table::newAppend);
        }
    }
}
