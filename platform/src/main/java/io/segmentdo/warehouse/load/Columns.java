package io.segmentdo.warehouse.load;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.segmentdo.warehouse.rows.Row;
import io.segmentdo.warehouse.table.ColumnType;
import io.segmentdo.warehouse.table.PromotedColumn;
import io.segmentdo.warehouse.table.WarehouseTable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.UpdateSchema;
import org.apache.iceberg.types.Types.NestedField;
import org.jspecify.annotations.Nullable;

/**
 * Which property goes into which column of one table.
 *
 * <p>Columns have places: first the fixed ones in the order of their schema, then those of properties in the order in
 * which they became known. Properties without a column get one of the type of their first value, up to a limit; it is
 * wanted first, and exists once {@link #addWanted} has added it to the table. Confined to its writer's thread.
 */
final class Columns {
    /** A column that a property goes into. */
    private record Slot(int place, String name, String member, ColumnType type) {}

    /** Names that are remembered; a sender that makes names up must not fill the memory. */
    private static final int NAMES_MAX = 10_000;

    private final WarehouseTable kind;
    private final int columnsMax;
    private final Conflicts conflicts;

    /** By the exact name of the property; null for those that have no column. */
    private final Map<String, @Nullable Slot> byMember = new HashMap<>();

    private final Map<String, Slot> byColumn = new HashMap<>();
    private final List<NestedField> fields = new ArrayList<>();
    private final List<Slot> wanted = new ArrayList<>();

    Columns(WarehouseTable kind, Table table, int columnsMax, Conflicts conflicts) {
        this.kind = kind;
        this.columnsMax = columnsMax;
        this.conflicts = conflicts;
        read(table);
    }

    /** Takes the columns as the table has them now; what was wanted is forgotten. */
    private void read(Table table) {
        byMember.clear();
        byColumn.clear();
        fields.clear();
        wanted.clear();
        for (NestedField fixed : kind.schema().columns()) {
            fields.add(Objects.requireNonNull(table.schema().findField(fixed.fieldId()), fixed.name()));
        }
        for (PromotedColumn column : kind.promotedColumns(table.schema())) {
            Slot slot = new Slot(fields.size(), column.name(), column.member(), column.type());
            byColumn.put(column.name(), slot);
            fields.add(Objects.requireNonNull(table.schema().findField(column.id())));
        }
    }

    /** The columns of files by their places. */
    Schema schema() {
        return new Schema(fields);
    }

    /**
     * Puts the value that the parser stands at into the column of a property.
     *
     * @param json what the parser parses, from its first byte on
     */
    void put(Row row, String member, JsonParser parser, byte[] json) throws IOException {
        JsonToken token = parser.currentToken();
        if (token == JsonToken.VALUE_NULL) {
            return;
        }
        Slot slot = byMember.get(member);
        if (slot == null) {
            if (byMember.containsKey(member)) {
                return;
            }
            slot = resolve(member, parser);
            if (slot == null) {
                return;
            }
        }
        Object value = Scalar.fit(parser, json, slot.type);
        if (value == null || Scalar.isOfOtherKind(token, slot.type)) {
            conflicts.record(member, slot.name, slot.type, token);
        }
        if (value != null) {
            row.set(slot.place, value);
        }
    }

    private @Nullable Slot resolve(String member, JsonParser parser) throws IOException {
        if (byMember.size() >= NAMES_MAX) {
            byMember.clear();
        }
        Optional<String> name = kind.columnFor(member);
        if (name.isEmpty()) {
            byMember.put(member, null);
            return null;
        }
        Slot known = byColumn.get(name.get());
        if (known == null) {
            ColumnType type = Scalar.typeOf(parser);
            if (type == null) {
                return null; // an object now, but perhaps a scalar later
            }
            if (byColumn.size() >= columnsMax) {
                byMember.put(member, null);
                return null;
            }
            known = new Slot(kind.schema().columns().size() + byColumn.size(), name.get(), member, type);
            byColumn.put(known.name, known);
            wanted.add(known);
        }
        byMember.put(member, known);
        return known;
    }

    /** Whether columns are wanted that the table does not have. */
    boolean hasWanted() {
        return !wanted.isEmpty();
    }

    /**
     * Adds what is wanted to the table.
     *
     * @return whether the rows that were read meanwhile fit; otherwise the columns have changed and they must be read again
     */
    boolean addWanted(Table table) {
        table.refresh();
        boolean isAsKnown = kind.promotedColumns(table.schema()).size() + wanted.size() == byColumn.size();
        if (isAsKnown) {
            UpdateSchema update = table.updateSchema();
            for (Slot slot : wanted) {
                update.addColumn(slot.name, slot.type.type(), kind.comment(slot.member));
            }
            try {
                update.commit();
                for (Slot slot : wanted) {
                    fields.add(Objects.requireNonNull(table.schema().findField(slot.name)));
                }
                wanted.clear();
                return true;
            } catch (org.apache.iceberg.exceptions.CommitFailedException e) {
                table.refresh(); // another member changed the table
            }
        }
        read(table);
        return false;
    }
}
