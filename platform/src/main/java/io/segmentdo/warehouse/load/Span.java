package io.segmentdo.warehouse.load;

import io.segmentdo.event.OutboxEntry;
import io.segmentdo.warehouse.table.Positions;
import java.util.HashMap;
import java.util.Map;

/** The entries of the outbox that changes of a table were made of. Confined to the warehouse's thread. */
final class Span {
    private final Map<Integer, Long> first = new HashMap<>();
    private final Map<Integer, Long> last = new HashMap<>();

    void add(OutboxEntry entry) {
        first.putIfAbsent(entry.partition(), entry.position());
        last.put(entry.partition(), entry.position());
    }

    /** Whether a table that has come so far has some of them already: another owner of the partition has put them in. */
    boolean isPartOf(Positions positions) {
        return first.entrySet().stream().anyMatch(entry -> positions.of(entry.getKey()) >= entry.getValue());
    }

    /** How far a table has come that they were put into. */
    Positions after(Positions positions) {
        return positions.with(last);
    }

    void clear() {
        first.clear();
        last.clear();
    }
}
