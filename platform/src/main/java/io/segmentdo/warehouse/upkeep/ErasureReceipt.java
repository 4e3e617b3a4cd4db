package io.segmentdo.warehouse.upkeep;

import java.time.Instant;
import java.util.Map;
import java.util.Set;

/**
 * What was removed when profiles were erased: from then on no state of a table has a row of them, and no file of the store
 * that belonged to one.
 *
 * <p>Immutable.
 *
 * @param workspace where
 * @param profileIds whose rows are gone: those that were named, and all that they had absorbed
 * @param tables what was removed, by the name of the table
 * @param at when it was done
 */
public record ErasureReceipt(String workspace, Set<String> profileIds, Map<String, Removed> tables, Instant at) {
    /**
     * What was removed from one table, by this attempt; what an earlier one had removed before it was ended is not told
     * again.
     *
     * @param rows how many rows
     * @param files how many data files had them, and were replaced
     * @param snapshotId the state that is the current one since then, which has none of them
     * @param states how many states before it were forgotten
     */
    public record Removed(long rows, int files, long snapshotId, int states) {}

    public ErasureReceipt {
        profileIds = Set.copyOf(profileIds);
        tables = Map.copyOf(tables);
    }
}
