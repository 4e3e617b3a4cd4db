package io.segmentdo.warehouse.upkeep;

import io.segmentdo.warehouse.rows.Workers;
import io.segmentdo.warehouse.table.Positions;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.iceberg.SnapshotUpdate;
import org.apache.iceberg.Table;
import org.apache.iceberg.exceptions.ValidationException;

/**
 * Commits a change of files so that the new state repeats the positions of the one before; then that one can be
 * forgotten. Loads that commit meanwhile move the positions, so it may take several attempts.
 */
final class Replacement {
    private static final int ATTEMPTS_MAX = 50;

    private Replacement() {}

    /** Commits what is prepared anew for each attempt. */
    static void commit(Table table, Supplier<SnapshotUpdate<?>> preparation) {
        for (int attempt = 1; ; attempt++) {
            table.refresh();
            Optional<Positions> positions = Positions.of(table);
            SnapshotUpdate<?> update = Workers.use(preparation.get());
            positions.ifPresent(known -> update.set(Positions.SUMMARY, known.text()));
            update.validateWith(ancestors -> Positions.lastOf(ancestors).equals(positions));
            try {
                update.commit();
                return;
            } catch (ValidationException e) {
                table.refresh();
                if (attempt == ATTEMPTS_MAX || Positions.of(table).equals(positions)) {
                    throw e; // it was something else
                }
            }
        }
    }
}
