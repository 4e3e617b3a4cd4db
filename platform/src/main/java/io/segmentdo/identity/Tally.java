package io.segmentdo.identity;

import java.util.HashMap;
import java.util.Map;

/** Counts what becomes of the events of one batch. Confined to its lane. */
final class Tally {
    /** The open counts of one source. */
    private static final class Row {
        private long entered;
        private long duplicates;
        private long identified;
        private long deadLettered;
    }

    private final Map<String, Row> rows = new HashMap<>();
    private String lastSource = "\0";
    private Row lastRow = new Row();
    private long joined;
    private long refused;
    private long droppedTraits;

    void decided(Fact.Kind kind) {
        switch (kind) {
            case JOINED -> joined++;
            case REFUSED -> refused++;
            case UNMERGED, DELETED -> {
                // asked for by somebody, who gets an answer
            }
        }
    }

    void droppedTraits(int count) {
        droppedTraits += count;
    }

    void entered(String source) {
        row(source).entered++;
    }

    void duplicate(String source) {
        row(source).duplicates++;
    }

    void identified(String source) {
        row(source).identified++;
    }

    void deadLettered(String source) {
        row(source).deadLettered++;
    }

    private Row row(String source) {
        if (!source.equals(lastSource)) {
            lastRow = rows.computeIfAbsent(source, key -> new Row());
            lastSource = source;
        }
        return lastRow;
    }

    LaneResult result() {
        Map<String, LaneResult.Counts> counts = new HashMap<>();
        rows.forEach((source, row) -> counts.put(
                source,
                new LaneResult.Counts(
                        row.duplicates,
                        row.identified,
                        row.deadLettered,
                        row.entered - row.identified - row.deadLettered)));
        boolean isNothing = counts.isEmpty() && joined == 0 && refused == 0 && droppedTraits == 0;
        return isNothing ? LaneResult.NOTHING : new LaneResult(counts, joined, refused, droppedTraits);
    }
}
