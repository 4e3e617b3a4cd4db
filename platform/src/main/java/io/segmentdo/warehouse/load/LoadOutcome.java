package io.segmentdo.warehouse.load;

import io.segmentdo.warehouse.table.Positions;

/** What became of one load. Immutable. */
sealed interface LoadOutcome {
    /** Its rows are in the table, once. */
    record Committed(Positions positions) implements LoadOutcome {}

    /** Somebody else has brought the table further meanwhile, so the rows may be in it already; to be read again from there. */
    record Overtaken(Positions positions) implements LoadOutcome {}
}
