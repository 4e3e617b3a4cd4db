package io.segmentdo.event;

import java.util.List;

/**
 * What became of the events of one request. Together the events and the discards are all that was sent.
 *
 * <p>Immutable.
 *
 * @param events the accepted ones, enriched, in their order
 * @param discards the others, in their order
 * @param truncated how many of the accepted ones lost properties because they had too many
 */
public record Parsed(List<Event> events, List<Discard> discards, int truncated) {
    /** How many events the discards stand for. */
    public int discarded() {
        int discarded = 0;
        for (Discard discard : discards) {
            discarded += discard.events();
        }
        return discarded;
    }
}
