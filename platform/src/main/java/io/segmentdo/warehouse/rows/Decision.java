package io.segmentdo.warehouse.rows;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.Schema;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.Table;

/**
 * What was decided about a profile, as the table of merges has it.
 *
 * <p>Immutable.
 *
 * @param kind {@code merged}, {@code unmerged} or {@code deleted}
 * @param profileId the profile; of a merge the one that goes on
 * @param otherId the profile that was absorbed, or from which this one was taken out
 * @param fact its number in the ledger
 */
public record Decision(String kind, String profileId, String otherId, long fact) {
    private static final List<String> COLUMNS = List.of("kind", "profile_id", "other_id", "ledger_fact");

    /** Shows each decision to a visitor, in no order. */
    public static void each(Table table, Consumer<Decision> visitor) {
        RowFiles.all(table).forEach(file -> each(table, file, visitor));
    }

    /** Shows each decision of one file to a visitor, in no order. */
    public static void each(Table table, DataFile file, Consumer<Decision> visitor) {
        Schema schema = table.schema().select(COLUMNS);
        RowFiles.read(table, file, schema, row -> visitor.accept(of(row, schema)));
    }

    private static Decision of(StructLike row, Schema schema) {
        List<String> values = new ArrayList<>();
        for (String column : COLUMNS) {
            int place = schema.columns().indexOf(schema.findField(column));
            values.add(String.valueOf(row.get(place, Object.class)));
        }
        return new Decision(values.get(0), values.get(1), values.get(2), Long.parseLong(values.get(3)));
    }
}
