package io.segmentdo.identity;

import io.segmentdo.event.Event;

/**
 * Where an event goes first.
 *
 * <p>The first stop is the device if the event has one, else the user. It depends on the event alone and on no rule of a
 * workspace, so that a retry takes the same way whatever the rules are by then. Pure.
 */
public final class Partitions {
    private Partitions() {}

    /** The partition of the first stop of an event. */
    public static int of(Event event, int partitions) {
        return firstStop(event).partition(partitions);
    }

    /** The identifier by which an event is routed and deduplicated. */
    static ActorId firstStop(Event event) {
        String anonymousId = event.anonymousId();
        if (anonymousId != null && isUsable(anonymousId)) {
            return ActorId.of(event.workspace(), ActorId.ANONYMOUS, anonymousId);
        }
        String userId = event.userId();
        if (userId != null && isUsable(userId)) {
            return ActorId.of(event.workspace(), ActorId.USER, userId);
        }
        return ActorId.of(event.workspace(), ActorId.NOBODY, event.messageId());
    }

    /** False for what broken senders put in the place of an id; all of those would meet in one partition. */
    private static boolean isUsable(String id) {
        if (id.isEmpty()) {
            return false;
        }
        return switch (id) {
            case "null", "undefined", "anonymous", "-1" -> false;
            default -> !isZeros(id);
        };
    }

    private static boolean isZeros(String id) {
        for (int i = 0; i < id.length(); i++) {
            if (id.charAt(i) != '0' && id.charAt(i) != '-') {
                return false;
            }
        }
        return true;
    }
}
