package io.segmentdo.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Compares what arrived at the webhook with what an SDK was told and what it says it sent.
 *
 * <p>Two events are equal as Segment's own end-to-end tester sees it: apart from ids and times that a run makes anew,
 * from what a server adds, and from empty objects, nothing may differ.
 */
final class Arrivals {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Set<String> NOT_COMPARED = Set.of(
            "messageId",
            "timestamp",
            "receivedAt",
            "sentAt",
            "originalTimestamp",
            "channel",
            "version",
            "projectId",
            "writeKey",
            "_metadata");
    /**
     * The library is asserted on its own; the others are known to the server or the SDK only. The group is the one that the
     * user is in by then, which depends on how requests overtake each other that an SDK makes at the same time.
     */
    private static final Set<String> CONTEXT_NOT_COMPARED = Set.of("library", "ip", "instanceId", "groupId");

    private Arrivals() {}

    /**
     * Asserts that every call arrived exactly once, identified and as it was sent, and that nothing else did. Ends the platform, for
     * only then it is certain that no event comes a second time.
     *
     * @param calls what the application told the SDK
     * @param sent what the SDK made of each call, in the same order: the message id at least
     * @param library the name by which the SDK introduces itself
     */
    static void assertExactly(
            RunningPlatform platform, List<ObjectNode> calls, List<? extends JsonNode> sent, String library)
            throws Exception {
        assertThat(sent).as("calls that the SDK sent").hasSameSizeAs(calls);
        platform.sink().awaitEvents(calls.size(), PATIENCE);
        platform.close();

        Map<String, List<JsonNode>> arrived = byMessageId(platform.sink().events());
        List<JsonNode> inOrder = new ArrayList<>();
        for (int i = 0; i < calls.size(); i++) {
            String messageId = sent.get(i).path("messageId").asText();
            List<JsonNode> events = arrived.remove(messageId);
            assertThat(events).as("arrivals of %s", calls.get(i)).hasSize(1);
            JsonNode event = events.getFirst();
            assertThat(event.at("/context/library/name").asText())
                    .as("library of %s", event)
                    .isEqualTo(library);
            assertThat(event.at("/context/library/version").asText())
                    .as("library version of %s", event)
                    .isNotEmpty();
            assertThat(comparable(event))
                    .as(event.toString())
                    .isEqualTo(comparable(expected(calls.get(i), sent.get(i))));
            inOrder.add(event);
        }
        assertThat(arrived).as("events that nobody sent").isEmpty();
        assertIdentified(inOrder, platform.profiles());
    }

    /** Every event belongs to a profile, and those of one user to the same. */
    private static void assertIdentified(List<JsonNode> events, Map<String, String> profiles) {
        Map<String, Set<String>> profilesOfUser = new TreeMap<>();
        for (JsonNode event : events) {
            String profile = profiles.get(event.path("messageId").asText());
            assertThat(profile).as("profile of %s", event).isNotEmpty();
            profilesOfUser
                    .computeIfAbsent(event.path("userId").asText(), user -> new TreeSet<>())
                    .add(profile);
        }
        assertThat(profilesOfUser)
                .allSatisfy((user, ofUser) ->
                        assertThat(ofUser).as("profiles of %s", user).hasSize(1));
    }

    private static Map<String, List<JsonNode>> byMessageId(List<JsonNode> events) {
        Map<String, List<JsonNode>> byId = new LinkedHashMap<>();
        for (JsonNode event : events) {
            byId.computeIfAbsent(event.path("messageId").asText(), id -> new ArrayList<>())
                    .add(event);
        }
        return byId;
    }

    /** What the SDK made of the call; where both speak of the same field, the call decides. */
    private static ObjectNode expected(ObjectNode call, JsonNode sent) {
        ObjectNode expected = sent.deepCopy();
        merge(expected, call);
        return expected;
    }

    private static void merge(ObjectNode into, ObjectNode from) {
        from.properties().forEach(field -> {
            if (into.get(field.getKey()) instanceof ObjectNode inner && field.getValue() instanceof ObjectNode value) {
                merge(inner, value);
            } else {
                into.set(field.getKey(), field.getValue());
            }
        });
    }

    private static Object comparable(JsonNode event) {
        ObjectNode compared = event.deepCopy();
        compared.remove(NOT_COMPARED);
        if (compared.get("context") instanceof ObjectNode context) {
            context.remove(CONTEXT_NOT_COMPARED);
        }
        compared.properties().removeIf(field -> field.getValue().isNull());
        return value(compared);
    }

    private static Object value(JsonNode node) {
        return switch (node.getNodeType()) {
            case OBJECT -> fields(node);
            case ARRAY -> node.valueStream().map(Arrivals::value).toList();
            case NUMBER -> node.decimalValue().stripTrailingZeros();
            default -> node.asText();
        };
    }

    private static Map<String, Object> fields(JsonNode object) {
        Map<String, Object> fields = new TreeMap<>();
        object.properties().forEach(field -> {
            Object value = value(field.getValue());
            if (!Map.of().equals(value)) {
                fields.put(field.getKey(), value);
            }
        });
        return fields;
    }
}
