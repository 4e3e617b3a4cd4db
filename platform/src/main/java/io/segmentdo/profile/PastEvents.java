package io.segmentdo.profile;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where the events of a person or group are read that have been identified; calls block. Safe for concurrent use. */
@FunctionalInterface
public interface PastEvents {
    /**
     * Which events.
     *
     * @param workspace whose
     * @param profileId of which person; empty when {@code groupId} says of which group
     * @param groupId of which group; empty for a person
     * @param fromMillis since when, in epoch milliseconds
     * @param untilMillis before when
     * @param isDescending whether the newest come first
     * @param included only events of these names or, if they have none, types; all when empty
     * @param excluded not these
     * @param after only those behind this one in the order, null for the first page
     * @param max at most so many
     */
    record Wish(
            String workspace,
            String profileId,
            String groupId,
            long fromMillis,
            long untilMillis,
            boolean isDescending,
            List<String> included,
            List<String> excluded,
            @Nullable Place after,
            int max) {
        public Wish {
            included = List.copyOf(included);
            excluded = List.copyOf(excluded);
        }
    }

    /** The place of an event in the order of time. */
    record Place(long atMicros, String messageId) {}

    /**
     * One event; what it does not have is empty.
     *
     * @param properties as JSON: of an identify or group call the traits
     * @param context as JSON
     */
    record PastEvent(
            Place place,
            String type,
            String event,
            String source,
            String userId,
            String anonymousId,
            String properties,
            String context) {}

    /** The events in their order. */
    List<PastEvent> find(Wish wish);
}
