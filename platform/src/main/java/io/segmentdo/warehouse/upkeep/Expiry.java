package io.segmentdo.warehouse.upkeep;

import io.segmentdo.warehouse.table.Positions;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.iceberg.ExpireSnapshots;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotRef;
import org.apache.iceberg.Table;
import org.apache.iceberg.util.SnapshotUtil;

/**
 * Forgets old states of a table, and removes the files that only they had.
 *
 * <p>The current state stays, what branches and tags refer to, and the last state that a load made, because it holds the
 * positions. States are named one by one: Iceberg's way of forgetting by age would leave behind the files that compaction
 * replaced. Confined to the thread of upkeep.
 */
final class Expiry {
    private final Table table;

    Expiry(Table table) {
        this.table = table;
    }

    /** Forgets what is older, when there are at least so many such states; returns how many. */
    int run(Duration age, int atLeast, long nowMillis) {
        table.refresh();
        Set<Long> kept = kept();
        List<Long> expired = java.util.stream.StreamSupport.stream(
                        table.snapshots().spliterator(), false)
                .filter(snapshot -> snapshot.timestampMillis() <= nowMillis - age.toMillis())
                .map(Snapshot::snapshotId)
                .filter(id -> !kept.contains(id))
                .toList();
        if (expired.isEmpty() || expired.size() < atLeast) {
            return 0;
        }
        ExpireSnapshots expiry = table.expireSnapshots().cleanExpiredMetadata(true);
        expired.forEach(expiry::expireSnapshotId);
        expiry.commit();
        return expired.size();
    }

    private Set<Long> kept() {
        Set<Long> kept = new HashSet<>();
        for (SnapshotRef ref : table.refs().values()) {
            kept.add(ref.snapshotId());
        }
        for (Snapshot snapshot : SnapshotUtil.currentAncestors(table)) {
            if (snapshot.summary().containsKey(Positions.SUMMARY)) {
                kept.add(snapshot.snapshotId());
                break;
            }
        }
        return kept;
    }
}
