package io.segmentdo.identity;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A person or a group as its owner knows it.
 *
 * <p>Immutable.
 *
 * @param root the identifier where it lives
 * @param id its public id; another one after it has been deleted and has come again
 * @param identifiers all its identifiers, each with the fact of the ledger through which it joined, 0 when it was there from
 *     the start; of a group its members
 * @param bonds further facts that hold them together, by identifiers that were taken away
 * @param userId the user id to show, empty when there is none
 * @param traits per name the last value in event time
 * @param groups the groups it belongs to, the one named last first
 * @param refused identifiers that were seen with it and may not belong to it, each with the reason
 * @param first what made it known
 * @param last what was seen of it last, as exactly as it is kept: within an hour
 */
public record Profile(
        ActorId root,
        String id,
        Map<ActorId, Long> identifiers,
        Set<Long> bonds,
        String userId,
        Map<String, Trait> traits,
        List<String> groups,
        Map<ActorId, String> refused,
        Sighting first,
        Sighting last) {
    /**
     * One trait.
     *
     * @param json the value as JSON
     * @param source which source said it
     * @param atMillis when it was said
     */
    public record Trait(String json, String source, long atMillis) {}

    /** An event that was seen. */
    public record Sighting(String messageId, String source, long atMillis) {}
}
