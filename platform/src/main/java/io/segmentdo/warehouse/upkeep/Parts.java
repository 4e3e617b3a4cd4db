package io.segmentdo.warehouse.upkeep;

import io.segmentdo.warehouse.rows.Decision;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.iceberg.Table;

/**
 * Of which profiles others consist: their events still name those that were absorbed. Confined to its thread.
 */
final class Parts {
    private final Set<String> parts;
    private final Map<String, Long> joined = new HashMap<>();
    private final Map<String, Long> left = new HashMap<>();

    private Parts(Set<String> profileIds) {
        this.parts = new HashSet<>(profileIds);
    }

    /** The profiles themselves, and all that they have absorbed and that were not taken out again. */
    static Set<String> of(Set<String> profileIds, Table merges) {
        Parts found = new Parts(profileIds);
        do {
            Decision.each(merges, found::look);
        } while (found.takeJoined());
        return found.parts;
    }

    private void look(Decision decision) {
        switch (decision.kind()) {
            case "merged" -> {
                if (parts.contains(decision.profileId())) {
                    joined.merge(decision.otherId(), decision.fact(), Math::max);
                }
            }
            case "unmerged" -> left.merge(decision.profileId(), decision.fact(), Math::max);
            default -> {}
        }
    }

    private boolean takeJoined() {
        joined.keySet().removeIf(id -> joined.getOrDefault(id, 0L) < left.getOrDefault(id, 0L));
        return parts.addAll(joined.keySet());
    }
}
