package io.segmentdo.warehouse.table;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.util.SnapshotUtil;

/**
 * How far a table has come in the outbox of each partition: everything up to there is in it, once.
 *
 * <p>They stand in the summary of the snapshot that a load made. Snapshots of upkeep have none, so the last ones among
 * the ancestors count. Immutable.
 *
 * @param byPartition the last position of each partition, of those that are known
 */
public record Positions(Map<Integer, Long> byPartition) {
    /** Where they stand in the summary of a snapshot. */
    public static final String SUMMARY = "segmentdo.positions";

    public static final Positions NONE = new Positions(Map.of());

    public Positions {
        byPartition = Map.copyOf(byPartition);
    }

    /** Those of the current state of a table; empty when there are none, as in a table without rows. */
    public static Optional<Positions> of(Table table) {
        return lastOf(SnapshotUtil.currentAncestors(table));
    }

    /** Those of the first snapshot that has any. */
    public static Optional<Positions> lastOf(Iterable<Snapshot> snapshots) {
        for (Snapshot snapshot : snapshots) {
            String text = snapshot.summary().get(SUMMARY);
            if (text != null) {
                return Optional.of(parse(text));
            }
        }
        return Optional.empty();
    }

    /** The last position of a partition that is in the table, 0 for none. */
    public long of(int partition) {
        return byPartition.getOrDefault(partition, 0L);
    }

    /** These with others in the place of those of the same partitions. */
    public Positions with(Map<Integer, Long> others) {
        Map<Integer, Long> all = new HashMap<>(byPartition);
        all.putAll(others);
        return new Positions(all);
    }

    /** As they are written into a summary: {@code 0:17,3:240}. */
    public String text() {
        StringBuilder text = new StringBuilder();
        new TreeMap<>(byPartition)
                .forEach((partition, position) -> text.append(text.isEmpty() ? "" : ",")
                        .append(partition)
                        .append(':')
                        .append(position));
        return text.toString();
    }

    private static Positions parse(String text) {
        Map<Integer, Long> positions = new HashMap<>();
        for (String pair : text.split(",", -1)) {
            int colon = pair.indexOf(':');
            if (colon > 0) {
                positions.put(Integer.valueOf(pair.substring(0, colon)), Long.valueOf(pair.substring(colon + 1)));
            }
        }
        return new Positions(positions);
    }
}
