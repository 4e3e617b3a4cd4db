package io.segmentdo.event;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random documents against Jackson's tree, and damaged ones against the promise that only results come out. */
class EventParserSeedTest {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();
    private static final Origin ORIGIN = new Origin("w", "s", "browser", true);
    private static final Set<String> OURS =
            Set.of("type", "timestamp", "originalTimestamp", "receivedAt", "sentAt", "channel", "version", "projectId");
    private static final List<String> NAMES = List.of(
            "userId",
            "anonymousId",
            "messageId",
            "event",
            "name",
            "properties",
            "traits",
            "context",
            "integrations",
            "timestamp",
            "sentAt",
            "options",
            "_metadata",
            "writeKey",
            "ip",
            "device",
            "page",
            "ключ",
            "a b",
            "\"q\"");

    private final EventParser parser = new EventParser(EventLimits.DEFAULT, () -> "made");

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void everyMemberThatIsNotOursKeepsItsValue(long seed) throws IOException {
        Random random = new Random(seed);
        for (int round = 0; round < 500; round++) {
            ArrayNode batch = JSON.createArrayNode();
            int size = 1 + random.nextInt(5);
            for (int i = 0; i < size; i++) {
                batch.add(event(random));
            }
            ObjectNode body = JSON.createObjectNode();
            body.set("batch", batch);
            byte[] bytes = written(body, random);
            JsonNode sent = JSON.readTree(bytes).path("batch");

            Parsed parsed =
                    ((Scan.Understood) parser.scanBatch(bytes, bytes.length)).enrich(Arrival.of(ORIGIN, "9.9.9.9", 0));

            assertThat(parsed.events()).hasSize(size);
            for (int i = 0; i < size; i++) {
                assertSame(
                        (ObjectNode) sent.get(i),
                        JSON.readTree(parsed.events().get(i).json().bytes()));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13, 14, 15, 16})
    void damagedBytesYieldAResultAndWhateverIsAcceptedIsJson(long seed) throws IOException {
        Random random = new Random(seed);
        for (int round = 0; round < 3_000; round++) {
            ObjectNode body = JSON.createObjectNode();
            ArrayNode batch = body.putArray("batch");
            batch.add(event(random)).add(event(random));
            body.set("context", object(random, 2));
            byte[] bytes = damaged(written(random.nextBoolean() ? body : event(random), random), random);
            boolean isBatch = random.nextBoolean();

            Scan scan = isBatch
                    ? parser.scanBatch(bytes, bytes.length)
                    : parser.scanCall(bytes, bytes.length, random.nextBoolean() ? EventType.TRACK : EventType.IDENTIFY);

            if (scan instanceof Scan.Understood understood) {
                int sent = understood.events();
                Parsed parsed = understood.enrich(Arrival.of(ORIGIN, "9.9.9.9", 0));
                assertThat(parsed.events().size() + parsed.discarded()).isEqualTo(sent);
                for (Event event : parsed.events()) {
                    JsonNode tree = JSON.readTree(event.json().bytes());
                    assertThat(tree.path("messageId").asText()).isEqualTo(event.messageId());
                    assertThat(tree.path("userId").asText(null)).isIn(event.userId(), "", null);
                }
            }
        }
    }

    private static void assertSame(ObjectNode sent, JsonNode enriched) {
        sent.properties().forEach(member -> {
            String name = member.getKey();
            if (!OURS.contains(name) && !name.equals("context") && !name.equals("writeKey")) {
                assertThat(enriched.get(name)).as(name).isEqualTo(member.getValue());
            }
        });
        ObjectNode context = enriched.path("context").deepCopy();
        JsonNode sentContext = sent.path("context");
        if (!sentContext.path("ip").isTextual()) {
            assertThat(context.remove("ip").asText()).isEqualTo("9.9.9.9");
        }
        if (sentContext.isObject()) {
            ObjectNode expected = sentContext.deepCopy();
            if (expected.path("ip").isNull()) {
                expected.remove("ip");
            }
            assertThat((JsonNode) context).isEqualTo(expected);
        }
        assertThat(enriched.has("writeKey")).isFalse();
        assertThat(enriched.path("receivedAt").asText()).isEqualTo("1970-01-01T00:00:00.000Z");
    }

    private static ObjectNode event(Random random) {
        ObjectNode event = JSON.createObjectNode();
        event.put("type", "track");
        if (random.nextBoolean()) {
            event.put("writeKey", text(random));
        }
        event.put("event", "e" + text(random));
        event.put("userId", "u" + text(random));
        event.put("messageId", "m" + random.nextInt());
        if (random.nextBoolean()) {
            event.put("timestamp", "2020-01-01T00:00:00Z");
        }
        for (int i = random.nextInt(4); i > 0; i--) {
            event.set("x" + text(random), value(random, 3));
        }
        event.set("properties", object(random, 4));
        if (random.nextInt(4) > 0) {
            ObjectNode context = object(random, 3);
            context.remove(List.of("ip", "device"));
            if (random.nextBoolean()) {
                context.put("ip", random.nextBoolean() ? "1.1.1.1" : null);
            }
            event.set("context", context);
        }
        event.set("integrations", object(random, 2));
        return event;
    }

    private static ObjectNode object(Random random, int depth) {
        ObjectNode object = JSON.createObjectNode();
        for (int i = random.nextInt(5); i > 0; i--) {
            String name = random.nextBoolean() ? NAMES.get(random.nextInt(NAMES.size())) : text(random);
            object.set(name, value(random, depth - 1));
        }
        return object;
    }

    private static JsonNode value(Random random, int depth) {
        return switch (random.nextInt(depth > 0 ? 8 : 6)) {
            case 0 -> JSON.getNodeFactory().nullNode();
            case 1 -> JSON.getNodeFactory().booleanNode(random.nextBoolean());
            case 2 -> JSON.getNodeFactory().numberNode(random.nextInt());
            case 3 ->
                JSON.getNodeFactory().numberNode(new BigDecimal(new BigInteger(70, random), random.nextInt(-30, 30)));
            case 4, 5 -> JSON.getNodeFactory().textNode(text(random));
            case 6 -> object(random, depth);
            default -> {
                ArrayNode array = JSON.createArrayNode();
                for (int i = random.nextInt(4); i > 0; i--) {
                    array.add(value(random, depth - 1));
                }
                yield array;
            }
        };
    }

    private static String text(Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(12); i > 0; i--) {
            text.append(
                    switch (random.nextInt(6)) {
                        case 0 -> "ü€😀\u2028".substring(0, 2);
                        case 1 -> String.valueOf((char) random.nextInt(0x20));
                        case 2 -> "😀";
                        case 3 -> "\"\\/,:{}[]".substring(random.nextInt(9));
                        default -> String.valueOf((char) ('a' + random.nextInt(26)));
                    });
        }
        return text.toString();
    }

    private static byte[] written(JsonNode tree, Random random) throws IOException {
        return random.nextBoolean()
                ? JSON.writeValueAsBytes(tree)
                : JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(tree);
    }

    private static byte[] damaged(byte[] bytes, Random random) {
        byte[] result = bytes.clone();
        for (int i = 1 + random.nextInt(3); i > 0 && result.length > 8; i--) {
            int at = random.nextInt(result.length);
            switch (random.nextInt(6)) {
                case 0 -> result[at] = (byte) random.nextInt(256);
                case 1 -> result[at] = (byte) "{}[]\",:0n".charAt(random.nextInt(9));
                case 2 -> result = java.util.Arrays.copyOf(result, at);
                case 3 -> result = replaced(result, random);
                case 4 -> {
                    int length = Math.min(3, result.length - at);
                    System.arraycopy(result, at, result, random.nextInt(result.length - length + 1), length);
                }
                default -> result[at] = (byte) (result[at] ^ 1 << random.nextInt(8));
            }
        }
        return result;
    }

    private static byte[] replaced(byte[] bytes, Random random) {
        List<String> from = List.of("null", "true", "\"track\"", "1", "{}", "\"userId\"", "\"context\"");
        List<String> to = List.of(
                "NaN", "-Infinity", "[]", "1e999999", "\"type\"", "\"userId\"", "\"batch\"", "{\"a\":1,\"a\":2}");
        String text = new String(bytes, UTF_8);
        return text.replaceFirst(
                        java.util.regex.Pattern.quote(from.get(random.nextInt(from.size()))),
                        to.get(random.nextInt(to.size())))
                .getBytes(UTF_8);
    }
}
