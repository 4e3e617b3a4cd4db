package io.segmentdo.warehouse.upkeep;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.iceberg.ManifestFile;
import org.apache.iceberg.ManifestFiles;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.io.CloseableIterable;

/**
 * The files of some states of a table: those with rows, the lists of these, and the lists of lists. Confined to its thread.
 */
final class StateFiles {
    private final Table table;
    private final boolean mayLack;
    private final Set<String> rows = new HashSet<>();
    private final Set<String> manifests = new HashSet<>();
    private final Set<String> lists = new HashSet<>();

    private StateFiles(Table table, boolean mayLack) {
        this.table = table;
        this.mayLack = mayLack;
    }

    /** All of them; fails when a list is not there. */
    static StateFiles of(Table table, Iterable<Snapshot> states) {
        return new StateFiles(table, false).read(states);
    }

    /** Those that can be found out of states whose lists are removed last. */
    static StateFiles leftOf(Table table, Iterable<Snapshot> states) {
        return new StateFiles(table, true).read(states);
    }

    private StateFiles read(Iterable<Snapshot> states) {
        for (Snapshot state : states) {
            lists.add(state.manifestListLocation());
            try {
                state.allManifests(table.io()).forEach(this::read);
            } catch (NotFoundException e) {
                missing(e);
            }
        }
        return this;
    }

    private void read(ManifestFile manifest) {
        if (!manifests.add(manifest.path())) {
            return;
        }
        try (CloseableIterable<String> paths = ManifestFiles.readPaths(manifest, table.io(), table.specs())) {
            paths.forEach(rows::add);
        } catch (NotFoundException e) {
            missing(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void missing(NotFoundException e) {
        if (!mayLack) {
            throw e;
        }
    }

    /** Without those of other states. */
    void removeAll(StateFiles others) {
        rows.removeAll(others.rows);
        manifests.removeAll(others.manifests);
        lists.removeAll(others.lists);
    }

    /** All of them, those that tell of others behind these. */
    List<String> locations() {
        List<String> locations = new ArrayList<>(rows);
        locations.addAll(manifests);
        locations.addAll(lists);
        return locations;
    }
}
