package io.segmentdo.warehouse.load;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.segmentdo.event.OutboxEntry;
import io.segmentdo.warehouse.rows.DataFiles;
import io.segmentdo.warehouse.rows.Row;
import io.segmentdo.warehouse.rows.RowFiles;
import io.segmentdo.warehouse.rows.Workers;
import io.segmentdo.warehouse.table.Positions;
import io.segmentdo.warehouse.table.Tables;
import io.segmentdo.warehouse.table.WarehouseTable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.OverwriteFiles;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.Table;
import org.apache.iceberg.exceptions.CommitStateUnknownException;
import org.apache.iceberg.exceptions.ValidationException;
import org.jspecify.annotations.Nullable;

/**
 * A table with one row per person or group, which is written anew with what has changed.
 *
 * <p>Members of a cluster write the same table in turn: each replaces exactly the state that it has read, or reads again. A
 * state says how far it has come in the outbox, so what a member has kept for longer than it has owned the partition is not
 * put in once more: it may have been erased since. Confined to the warehouse's thread.
 */
final class ProfileTable {
    private static final JsonFactory JSON = new JsonFactory();
    private static final int ATTEMPTS_MAX = 10;

    private final WarehouseTable kind;
    private final Table table;
    private final Columns columns;
    private Positions positions;

    ProfileTable(Tables tables, String workspace, WarehouseTable kind, int columnsMax, Conflicts conflicts) {
        this.kind = kind;
        this.table = tables.table(workspace, kind);
        this.columns = new Columns(kind, table, columnsMax, conflicts);
        this.positions = stored();
    }

    private Positions stored() {
        return Positions.of(table).orElse(Positions.NONE);
    }

    /** Whether an entry is not in the table yet, as far as is known. */
    boolean lacks(OutboxEntry entry) {
        return entry.position() > positions.of(entry.partition());
    }

    /**
     * Brings the table up to date; false when it has some of the changes already, so that they have to be read again.
     *
     * @param changes what was said since the last time, by id
     * @param moved tells rows that become part of another one, or of none when the value is empty
     * @param restated those of the changes that replace what is in the table
     * @param span what the changes were made of
     */
    boolean apply(
            Map<String, ProfileState> changes,
            Supplier<Map<String, Optional<String>>> moved,
            Set<String> restated,
            Span span) {
        for (int attempt = 1; ; attempt++) {
            table.refresh();
            Positions before = stored();
            if (span.isPartOf(before)) {
                return false;
            }
            Positions after = span.after(before);
            if (replace(changes, moved.get(), restated, after)) {
                positions = after;
                return true;
            }
            if (attempt == ATTEMPTS_MAX) {
                throw new IllegalStateException("others change the table " + table.name() + " all the time");
            }
        }
    }

    private boolean replace(
            Map<String, ProfileState> changes,
            Map<String, Optional<String>> moved,
            Set<String> restated,
            Positions after) {
        Snapshot base = table.currentSnapshot();
        List<DataFile> old = RowFiles.all(table);
        Map<String, ProfileState> next = new HashMap<>();
        changes.forEach((id, change) -> target(id, moved)
                .ifPresent(to ->
                        next.computeIfAbsent(to, ignored -> new ProfileState()).merge(change)));
        Set<String> winners = moved.isEmpty() ? Set.of() : winners(old, moved);
        each(old, columns.schema(), row -> {
            String id = text(row, "");
            boolean isConcerned = moved.containsKey(id) || winners.contains(id) || next.containsKey(id);
            if (isConcerned && !restated.contains(id)) {
                target(id, moved)
                        .ifPresent(to -> next.computeIfAbsent(to, ignored -> new ProfileState())
                                .merge(state(row)));
            }
        });
        Map<String, Row> rows = rows(next);
        DataFiles files = DataFiles.lasting(
                table, columns.schema(), "profiles-" + UUID.randomUUID(), RowFiles.rows(old) + rows.size());
        try {
            each(old, columns.schema(), row -> {
                String id = text(row, "");
                if (!moved.containsKey(id) && !rows.containsKey(id)) {
                    files.write(row, Optional.empty());
                }
            });
            rows.values().forEach(row -> files.write(row, Optional.empty()));
            commit(base, old, files.finish(), after);
            return true;
        } catch (ValidationException e) {
            files.discard();
            return false;
        } catch (CommitStateUnknownException e) {
            throw e; // to be read again, as far as the table does not have it
        } catch (RuntimeException e) {
            files.discard();
            throw e;
        }
    }

    /** The rows that others in these files become part of. */
    private Set<String> winners(List<DataFile> files, Map<String, Optional<String>> moved) {
        Set<String> winners = new HashSet<>();
        Schema ids = columns.schema().select(kind.schema().columns().getFirst().name());
        each(files, ids, row -> {
            String id = text(row, "");
            if (moved.containsKey(id)) {
                target(id, moved).ifPresent(winners::add);
            }
        });
        return winners;
    }

    private static Optional<String> target(String id, Map<String, Optional<String>> moved) {
        String current = id;
        for (int steps = 0; steps < 100; steps++) {
            Optional<String> next = moved.get(current);
            if (next == null) {
                return Optional.of(current);
            }
            if (next.isEmpty()) {
                return next;
            }
            current = next.get();
        }
        return Optional.of(current);
    }

    private void commit(@Nullable Snapshot base, List<DataFile> old, List<DataFile> next, Positions after) {
        OverwriteFiles overwrite = Workers.use(table.newOverwrite()).set(Positions.SUMMARY, after.text());
        old.forEach(overwrite::deleteFile);
        next.forEach(overwrite::addFile);
        overwrite.validateWith(ancestors -> {
            for (Snapshot latest : ancestors) {
                return base != null && latest.snapshotId() == base.snapshotId();
            }
            return base == null;
        });
        overwrite.commit();
    }

    private void each(List<DataFile> files, Schema schema, Consumer<StructLike> visitor) {
        files.forEach(file -> RowFiles.read(table, file, schema, visitor));
    }

    private Map<String, Row> rows(Map<String, ProfileState> states) {
        Map<String, Row> rows = new HashMap<>();
        do {
            rows.clear();
            states.forEach((id, state) -> rows.put(id, row(id, state)));
        } while (columns.hasWanted() && !columns.addWanted(table));
        return rows;
    }

    private Row row(String id, ProfileState state) {
        Row row = new Row(kind.schema().columns().size());
        String traits = state.traits();
        row.set(0, id);
        set(row, "user_id", state.userId());
        set(row, "anonymous_id", state.anonymousId());
        set(row, "first_seen_at", state.firstMillis() * 1000);
        set(row, "last_seen_at", state.lastMillis() * 1000);
        set(row, "traits", traits);
        set(row, "trait_times", state.times());
        byte[] json = traits.getBytes(StandardCharsets.UTF_8);
        try (JsonParser parser = JSON.createParser(json)) {
            parser.nextToken();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                parser.nextToken();
                columns.put(row, name, parser, json);
                parser.skipChildren();
            }
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return row;
    }

    private void set(Row row, String column, @Nullable Object value) {
        int place = place(column);
        if (place >= 0) {
            row.set(place, value);
        }
    }

    private int place(String column) {
        for (int place = 0; place < kind.schema().columns().size(); place++) {
            if (kind.schema().columns().get(place).name().equals(column)) {
                return place;
            }
        }
        return -1;
    }

    private ProfileState state(StructLike row) {
        ProfileState state = new ProfileState();
        state.seen(millis(row, "first_seen_at"), millis(row, "last_seen_at"));
        state.ids(
                place("user_id") < 0 ? null : nullable(row, "user_id"),
                place("anonymous_id") < 0 ? null : nullable(row, "anonymous_id"),
                millis(row, "last_seen_at"));
        state.read(text(row, "traits"), text(row, "trait_times"));
        return state;
    }

    private long millis(StructLike row, String column) {
        Long micros = row.get(place(column), Long.class);
        return micros == null ? 0 : Math.floorDiv(micros, 1000L);
    }

    /** The text of a column, of the id for the empty name. */
    private String text(StructLike row, String column) {
        Object value = row.get(column.isEmpty() ? 0 : place(column), Object.class);
        return value == null ? "{}" : value.toString();
    }

    private @Nullable String nullable(StructLike row, String column) {
        Object value = row.get(place(column), Object.class);
        return value == null ? null : value.toString();
    }
}
