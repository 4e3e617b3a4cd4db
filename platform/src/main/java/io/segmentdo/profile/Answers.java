package io.segmentdo.profile;

import io.segmentdo.identity.ActorId;
import io.segmentdo.identity.Fact;
import io.segmentdo.identity.Profile;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Profiles in the shapes of Segment's Profile API. Pure. */
final class Answers {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

    private Answers() {}

    static String time(long millis) {
        return TIME.format(Instant.ofEpochMilli(millis));
    }

    /**
     * The traits of a page; their values are written as they were said.
     *
     * @param included only these; all when empty
     */
    static String traits(Profile profile, Set<String> included, boolean isVerbose, Paging paging) {
        TreeMap<String, Profile.Trait> traits = new TreeMap<>(profile.traits());
        if (!included.isEmpty()) {
            traits.keySet().retainAll(included);
        }
        Paging.Page<Map.Entry<String, Profile.Trait>> page =
                paging.cut(List.copyOf(traits.entrySet()), Map.Entry::getKey);
        StringBuilder text = new StringBuilder("{\"traits\":{");
        String comma = "";
        for (Map.Entry<String, Profile.Trait> entry : page.items()) {
            Profile.Trait trait = entry.getValue();
            text.append(comma).append(Json.encode(entry.getKey())).append(':');
            if (isVerbose) {
                text.append("{\"value\":").append(trait.json()).append(",\"source_id\":");
                text.append(Json.encode(trait.source())).append(",\"updated_at\":\"");
                text.append(time(trait.atMillis())).append("\"}");
            } else {
                text.append(trait.json());
            }
            comma = ",";
        }
        return text.append("},\"cursor\":")
                .append(page.cursor().encode())
                .append('}')
                .toString();
    }

    /**
     * The identifiers of a page.
     *
     * @param facts those by which they joined, by number
     * @param types only these; all when empty
     */
    static String externalIds(Profile profile, Map<Long, Fact> facts, Set<String> types, Paging paging) {
        List<ActorId> ids = profile.root().isGroup()
                ? List.of(profile.root())
                : profile.identifiers().keySet().stream()
                        .filter(id -> types.isEmpty() || types.contains(id.type()))
                        .sorted(Comparator.naturalOrder())
                        .toList();
        Paging.Page<ActorId> page = paging.cut(ids, Identifiers::text);
        JsonArray data = new JsonArray();
        for (ActorId id : page.items()) {
            Profile.Sighting first = first(profile, id, facts);
            data.add(Identifiers.show(id)
                    .put("source_id", first.source())
                    .put("created_at", time(first.atMillis()))
                    .put("first_message_id", first.messageId()));
        }
        return new JsonObject().put("data", data).put("cursor", page.cursor()).encode();
    }

    /** What an identifier came by; the root, which did not join anything, by the first that was seen of it. */
    private static Profile.Sighting first(Profile profile, ActorId id, Map<Long, Fact> facts) {
        Fact joined = facts.get(profile.identifiers().getOrDefault(id, 0L));
        return joined != null
                ? sighting(joined)
                : first(
                        profile,
                        facts.values().stream()
                                .filter(fact ->
                                        fact.left().equals(id) || fact.right().equals(id)));
    }

    /** The earliest of what its root saw itself and of facts. */
    private static Profile.Sighting first(Profile profile, Stream<Fact> facts) {
        return Stream.concat(Stream.of(profile.first()), facts.map(Answers::sighting))
                .min(Comparator.comparingLong(Profile.Sighting::atMillis))
                .orElseThrow();
    }

    private static Profile.Sighting sighting(Fact fact) {
        return new Profile.Sighting(
                fact.cause().messageId(), fact.cause().source(), fact.cause().atMillis());
    }

    static String metadata(Profile profile, Map<Long, Fact> facts) {
        Profile.Sighting first = first(profile, facts.values().stream());
        long said = profile.traits().values().stream()
                .mapToLong(Profile.Trait::atMillis)
                .max()
                .orElse(0);
        return new JsonObject()
                .put(
                        "metadata",
                        new JsonObject()
                                .put("created_at", time(first.atMillis()))
                                .put(
                                        "updated_at",
                                        time(Math.max(said, profile.last().atMillis())))
                                .put("expires_at", null)
                                .put("first_message_id", first.messageId())
                                .put("first_source_id", first.source())
                                .put("last_message_id", profile.last().messageId())
                                .put("last_source_id", profile.last().source()))
                .encode();
    }

    /** The groups of a person, or the members of a group, one to each item. */
    static String links(Profile profile, Paging paging) {
        List<ActorId> ids = profile.root().isGroup()
                ? List.copyOf(profile.identifiers().keySet())
                : profile.groups().stream()
                        .map(group -> ActorId.group(profile.root().workspace(), group))
                        .toList();
        Paging.Page<ActorId> page = paging.cut(ids.stream().sorted().toList(), Identifiers::text);
        JsonArray data = new JsonArray();
        page.items()
                .forEach(id -> data.add(new JsonObject()
                        .put("to_collection", id.isGroup() ? "accounts" : "users")
                        .put("external_ids", new JsonArray().add(Identifiers.show(id)))));
        return new JsonObject().put("data", data).put("cursor", page.cursor()).encode();
    }

    static JsonObject event(PastEvents.PastEvent event, String workspace) {
        JsonArray ids = new JsonArray();
        if (!event.userId().isEmpty()) {
            ids.add(Identifiers.show(ActorId.of(workspace, ActorId.USER, event.userId())));
        }
        if (!event.anonymousId().isEmpty()) {
            ids.add(Identifiers.show(ActorId.of(workspace, ActorId.ANONYMOUS, event.anonymousId())));
        }
        return new JsonObject()
                .put("external_ids", ids)
                .put("context", object(event.context()))
                .put("type", event.type())
                .put("message_id", event.place().messageId())
                .put("source_id", event.source())
                .put("timestamp", time(Math.floorDiv(event.place().atMicros(), 1000L)))
                .put("properties", object(event.properties()))
                .put("event", event.event())
                .put("related", new JsonObject());
    }

    private static JsonObject object(@Nullable String json) {
        return json == null || json.isEmpty() ? new JsonObject() : new JsonObject(json);
    }
}
