package io.segmentdo.delivery;

import io.segmentdo.destination.Connection;
import io.segmentdo.event.Event;
import io.segmentdo.event.EventType;
import io.segmentdo.event.IdentifiedEvent;
import io.segmentdo.event.OutboxEntry;
import io.segmentdo.event.ProfileFact;
import io.segmentdo.event.Utf8Json;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What became of profiles, in the shape of track calls of the source {@link Connection#PROFILES}, so that subscriptions and
 * mappings work on them as on any event. Pure.
 */
final class FactEvents {
    private FactEvents() {}

    /** The event of an entry; its message id is the same whenever it is made again. */
    static IdentifiedEvent of(OutboxEntry entry) {
        return switch (entry) {
            case IdentifiedEvent identified -> identified;
            case ProfileFact fact ->
                new IdentifiedEvent(fact.partition(), fact.position(), fact.profileId(), event(fact));
        };
    }

    private static Event event(ProfileFact fact) {
        String messageId = "profile-" + fact.partition() + "-" + fact.position();
        String at = Instant.ofEpochMilli(fact.atMillis()).toString();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("type", EventType.TRACK.wireName());
        json.put("event", name(fact.kind()));
        json.put("messageId", messageId);
        json.put("properties", properties(fact));
        json.put("timestamp", at);
        json.put("receivedAt", at);
        return new Event(
                EventType.TRACK,
                fact.workspace(),
                Connection.PROFILES,
                messageId,
                null,
                null,
                null,
                null,
                fact.atMillis(),
                fact.atMillis(),
                Utf8Json.of(PlatformJson.INSTANCE.write(json)));
    }

    private static String name(ProfileFact.Kind kind) {
        return switch (kind) {
            case CREATED -> "Profile Created";
            case MERGED -> "Profile Merged";
            case UNMERGED -> "Profile Unmerged";
            case RECOMPUTED -> "Profile Recomputed";
            case DELETED -> "Profile Deleted";
        };
    }

    private static Map<String, Object> properties(ProfileFact fact) {
        Map<String, Object> properties = new LinkedHashMap<>();
        properties.put("profileId", fact.profileId());
        if (fact.otherId() != null) {
            properties.put("otherId", fact.otherId());
        }
        properties.put("cause", fact.cause());
        properties.put("rule", fact.rule());
        if (fact.ledgerFact() > 0) {
            properties.put("ledgerFact", fact.ledgerFact());
        }
        Utf8Json snapshot = fact.snapshot();
        if (snapshot != null) {
            properties.put("traits", traits(PlatformJson.INSTANCE.readObject(snapshot.bytes())));
        }
        return properties;
    }

    private static Map<String, Object> traits(Map<String, Object> snapshot) {
        Map<String, Object> traits = new LinkedHashMap<>();
        if (snapshot.get("traits") instanceof Map<?, ?> values) {
            values.forEach((name, said) -> {
                Object value = said instanceof Map<?, ?> member ? member.get("value") : null;
                if (value != null) {
                    traits.put(String.valueOf(name), value);
                }
            });
        }
        return traits;
    }
}
