package io.segmentdo.warehouse.upkeep;

import java.time.Instant;
import java.util.Map;
import java.util.Set;

/**
 * What was removed when profiles were erased.
 *
 * <p>Immutable.
 *
 * @param workspace where
 * @param profileIds whose rows are gone
 * @param rows how many rows of each table were removed
 * @param files how many data files were replaced, and removed with the states that had them
 * @param at when it was done
 */
public record ErasureReceipt(String workspace, Set<String> profileIds, Map<String, Long> rows, int files, Instant at) {
    public ErasureReceipt {
        profileIds = Set.copyOf(profileIds);
        rows = Map.copyOf(rows);
    }
}
