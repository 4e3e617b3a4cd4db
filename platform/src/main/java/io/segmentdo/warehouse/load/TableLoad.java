package io.segmentdo.warehouse.load;

import io.segmentdo.event.IdentifiedEvent;
import io.segmentdo.event.OutboxEntry;
import io.segmentdo.event.ProfileFact;
import io.segmentdo.warehouse.rows.DataFiles;
import io.segmentdo.warehouse.rows.Row;
import io.segmentdo.warehouse.table.Positions;
import io.segmentdo.warehouse.table.Tables;
import io.segmentdo.warehouse.table.WarehouseTable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.iceberg.Table;
import org.jspecify.annotations.Nullable;

/**
 * One table of one workspace with the load that is under way for it.
 *
 * <p>Entries go into files as they come; {@link #commit} makes them visible. Confined to the warehouse's thread.
 */
final class TableLoad {
    private static final long DAY_MILLIS = TimeUnit.DAYS.toMillis(1);

    private final WarehouseTable kind;
    private final Table table;
    private final Columns columns;
    private final EventReader reader;
    private final List<Row> rows = new ArrayList<>();

    /** How far the table has come, as of the last commit. */
    private Positions positions;

    private @Nullable DataFiles files;
    private String loadId = "";
    private final Map<Integer, Long> expected = new HashMap<>();
    private final Map<Integer, Long> reached = new HashMap<>();

    /**
     * Opens a table, which is made when it is absent.
     *
     * @param fallback how far the table has come, when it does not say so because its history was removed by others
     */
    TableLoad(
            Tables tables,
            String workspace,
            WarehouseTable kind,
            EventReader reader,
            int columnsMax,
            Conflicts conflicts,
            Positions fallback) {
        this.kind = kind;
        this.reader = reader;
        this.table = tables.table(workspace, kind);
        this.columns = new Columns(kind, table, columnsMax, conflicts);
        this.positions = known(fallback);
    }

    private Positions known(Positions fallback) {
        return Positions.of(table).orElse(table.currentSnapshot() == null ? Positions.NONE : fallback);
    }

    /** Writes the entries that are not in the table yet; all are of this table and in the order of their partitions. */
    void add(List<OutboxEntry> entries) {
        List<OutboxEntry> fresh =
                entries.stream().filter(entry -> isFresh(entry)).toList();
        if (fresh.isEmpty()) {
            return;
        }
        do {
            fill(fresh);
        } while (columns.hasWanted() && !addColumns());
        write(fresh);
    }

    private void write(List<OutboxEntry> entries) {
        DataFiles target = files();
        for (int i = 0; i < entries.size(); i++) {
            OutboxEntry entry = entries.get(i);
            target.write(rows.get(i), partition(entry));
            expected.putIfAbsent(entry.partition(), positions.of(entry.partition()));
            reached.put(entry.partition(), entry.position());
        }
    }

    private boolean isFresh(OutboxEntry entry) {
        Long since = reached.get(entry.partition());
        return entry.position() > (since == null ? positions.of(entry.partition()) : since);
    }

    private void fill(List<OutboxEntry> entries) {
        while (rows.size() < entries.size()) {
            rows.add(new Row(kind.schema().columns().size()));
        }
        for (int i = 0; i < entries.size(); i++) {
            switch (entries.get(i)) {
                case IdentifiedEvent event -> reader.read(event, columns, rows.get(i));
                case ProfileFact fact -> fill(fact, rows.get(i));
            }
        }
    }

    private static void fill(ProfileFact fact, Row row) {
        row.clear();
        row.set(0, fact.kind().name().toLowerCase(Locale.ROOT));
        row.set(1, fact.profileId());
        row.set(2, fact.otherId());
        row.set(3, fact.atMillis() * 1000);
        row.set(4, fact.cause());
        row.set(5, fact.ledgerFact());
        row.set(6, fact.partition());
        row.set(7, fact.position());
        row.set(8, fact.rule());
    }

    private boolean addColumns() {
        boolean isComplete = columns.addWanted(table);
        if (files != null) {
            files.changeColumns(columns.schema());
        }
        return isComplete;
    }

    private DataFiles files() {
        if (files == null) {
            loadId = UUID.randomUUID().toString();
            files = DataFiles.passing(table, columns.schema(), loadId);
        }
        return files;
    }

    private Optional<Integer> partition(OutboxEntry entry) {
        return kind == WarehouseTable.EVENTS && entry instanceof IdentifiedEvent event
                ? Optional.of((int) Math.floorDiv(event.event().timestampMillis(), DAY_MILLIS))
                : Optional.empty();
    }

    boolean isEmpty() {
        return files == null;
    }

    /** How many rows the load has so far. */
    long rowCount() {
        return files == null ? 0 : files.rows();
    }

    /** How many files the load has so far. */
    int fileCount() {
        return files == null ? 0 : files.count();
    }

    /** Completes the files; when that fails the load has to be discarded. */
    void seal() {
        files().finish();
    }

    /**
     * Makes what was sealed visible, together with how far it goes.
     *
     * @throws RuntimeException when it failed or is not known; to be called again
     */
    LoadOutcome commit() {
        DataFiles written = files();
        LoadOutcome outcome = new Commit(table, loadId, written.finish(), expected, reached).attempt(positions);
        switch (outcome) {
            case LoadOutcome.Committed committed -> positions = committed.positions();
            case LoadOutcome.Overtaken overtaken -> {
                written.discard();
                positions = overtaken.positions();
            }
        }
        clear();
        return outcome;
    }

    /** Drops what was not committed. */
    void discard() {
        if (files != null) {
            files.discard();
        }
        clear();
        table.refresh();
        positions = known(positions);
    }

    private void clear() {
        files = null;
        expected.clear();
        reached.clear();
    }

    Table table() {
        return table;
    }
}
