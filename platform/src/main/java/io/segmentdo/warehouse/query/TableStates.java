package io.segmentdo.warehouse.query;

import io.segmentdo.problem.PlatformException;
import io.segmentdo.problem.Problem;
import io.segmentdo.warehouse.engine.Analysis;
import io.segmentdo.warehouse.table.Tables;
import io.segmentdo.warehouse.table.WarehouseTable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.ManifestFile;
import org.apache.iceberg.ManifestFiles;
import org.apache.iceberg.ManifestReader;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.util.SnapshotUtil;
import org.jspecify.annotations.Nullable;

/**
 * The states that tables have and had.
 *
 * <p>Each call asks the catalog which state is the newest; what was read about one is kept for the next call, and manifests
 * that a newer state shares with it are not read again. Safe for concurrent use; blocks.
 */
final class TableStates {
    private static final int KEPT_MAX = 4;

    private record Key(String workspace, WarehouseTable name) {}

    private final Supplier<Tables> tables;
    private final Map<Key, Known> known = new ConcurrentHashMap<>();

    TableStates(Supplier<Tables> tables) {
        this.tables = tables;
    }

    /** The table of a workspace at a moment, or now. */
    TableState load(String workspace, WarehouseTable name, Optional<Moment> moment) {
        Key key = new Key(workspace, name);
        Known table = known.get(key);
        if (table == null) {
            Table found = tables.get().find(workspace, name).orElse(null);
            if (found == null) {
                return new TableState(name.schema(), 0, 0, List.of());
            }
            table = known.computeIfAbsent(key, k -> new Known(found));
        }
        return table.state(moment);
    }

    /** A table, and what was read about some of its states. */
    private static final class Known {
        private final Table table;

        // guarded by this
        private final LinkedHashMap<Long, TableState> states = new LinkedHashMap<>(8, 0.75f, true);
        private final Map<Long, Set<String>> manifestsOfStates = new HashMap<>();
        private final Map<String, List<DataFile>> manifests = new HashMap<>();

        Known(Table table) {
            this.table = table;
        }

        synchronized TableState state(Optional<Moment> moment) {
            table.refresh();
            Snapshot snapshot = moment.isEmpty() ? table.currentSnapshot() : at(moment.get());
            if (snapshot == null) {
                return new TableState(table.schema(), 0, 0, List.of());
            }
            TableState state = states.get(snapshot.snapshotId());
            if (state == null) {
                state = new TableState(
                        schema(snapshot), snapshot.snapshotId(), snapshot.timestampMillis(), files(snapshot));
                states.put(snapshot.snapshotId(), state);
                forgetOldest();
            }
            return state;
        }

        private @Nullable Snapshot at(Moment moment) {
            return switch (moment) {
                case Moment.At at -> {
                    Long id = SnapshotUtil.nullableSnapshotIdAsOfTime(
                            table, at.time().toEpochMilli());
                    yield id == null ? null : table.snapshot(id);
                }
                case Moment.Snapshot by -> {
                    Snapshot found = table.snapshot(by.id());
                    if (found == null) {
                        throw new PlatformException(
                                Problem.INVALID_REQUEST,
                                "asOf: " + by.id() + " (expected: a snapshot of the events that is still kept)");
                    }
                    yield found;
                }
            };
        }

        private Schema schema(Snapshot snapshot) {
            Schema then = table.schemas().get(snapshot.schemaId());
            return then == null ? table.schema() : then;
        }

        private List<DataFile> files(Snapshot snapshot) {
            if (!snapshot.deleteManifests(table.io()).isEmpty()) {
                throw new PlatformException(
                        Problem.STORAGE_FAILED, table.name() + " has delete files, which are not read");
            }
            Set<Integer> bounded = Analysis.BOUNDED.stream()
                    .map(table.schema()::findField)
                    .filter(Objects::nonNull)
                    .map(Types.NestedField::fieldId)
                    .collect(Collectors.toSet());
            List<DataFile> files = new ArrayList<>();
            Set<String> used = snapshot.dataManifests(table.io()).stream()
                    .map(manifest -> {
                        files.addAll(manifests.computeIfAbsent(manifest.path(), path -> read(manifest, bounded)));
                        return manifest.path();
                    })
                    .collect(Collectors.toSet());
            manifestsOfStates.put(snapshot.snapshotId(), used);
            return List.copyOf(files);
        }

        private List<DataFile> read(ManifestFile manifest, Set<Integer> bounded) {
            List<DataFile> files = new ArrayList<>();
            try (ManifestReader<DataFile> reader = ManifestFiles.read(manifest, table.io(), table.specs())) {
                for (DataFile file : reader) {
                    files.add(file.copyWithStats(bounded));
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return files;
        }

        private void forgetOldest() {
            while (states.size() > KEPT_MAX) {
                Long oldest = states.sequencedKeySet().getFirst();
                states.remove(oldest);
                manifestsOfStates.remove(oldest);
            }
            Set<String> used =
                    manifestsOfStates.values().stream().flatMap(Set::stream).collect(Collectors.toSet());
            manifests.keySet().retainAll(used);
        }
    }
}
