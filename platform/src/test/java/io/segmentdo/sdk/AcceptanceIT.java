package io.segmentdo.sdk;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.segmentdo.collect.Wire;
import io.segmentdo.event.EventType;
import io.segmentdo.source.SourceKind;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What any server in Segment's place has to do, asked of the running platform byte by byte and seen at the webhook: the
 * points for which no SDK is needed. Those with the SDKs themselves are in the other classes of this package.
 */
class AcceptanceIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String SUCCESS = "{\"success\":true}";

    @TempDir
    static Path home;

    private static RunningPlatform platform;
    private Wire wire;
    private int before;

    @BeforeAll
    static void start() throws Exception {
        platform = RunningPlatform.start(home);
    }

    @AfterAll
    static void stop() {
        platform.close();
    }

    @BeforeEach
    void connect() throws Exception {
        wire = new Wire(platform.port());
        before = platform.sink().events().size();
    }

    @AfterEach
    void disconnect() throws Exception {
        wire.close();
    }

    // ---- every SDK's way of sending

    /** How the SDKs send that cannot be run here: path, authentication and encoding as their sources have them. */
    enum Dialect {
        RUBY("/v1/import", true, false, "Content-Type: application/json"),
        PHP("/v1/batch", true, false, "Content-Type: application/json"),
        PHP_COMPRESSED("/v1/batch", true, true, "Content-Type: application/json"),
        CSHARP("/v1/b", false, true, "X-No: content type"),
        DOT_NET("/v1/import", true, false, "Content-Type: application/json"),
        SWIFT("/v1/b", false, false, "Content-Type: application/json; charset=utf-8"),
        REACT_NATIVE("/v1/b", false, false, "Content-Type: application/json; charset=utf-8"),
        FLUTTER("/v1/b", false, false, "Content-Type: application/json; charset=utf-8"),
        RUST("/v1/batch", true, false, "Content-Type: application/json"),
        IOS("/v1/batch", false, true, "Content-Type: application/json"),
        ANDROID("/v1/import", false, true, "Content-Type: application/json");

        private final String path;
        private final boolean isBasic;
        private final boolean isCompressed;
        private final String contentType;

        Dialect(String path, boolean isBasic, boolean isCompressed, String contentType) {
            this.path = path;
            this.isBasic = isBasic;
            this.isCompressed = isCompressed;
            this.contentType = contentType;
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyRowOfTheMatrixDeliversTheSixCalls(Dialect dialect) throws Exception {
        List<ObjectNode> calls = Calls.ofServer(dialect.name().toLowerCase(Locale.ROOT));
        ObjectNode envelope = Calls.MAPPER.createObjectNode();
        if (!dialect.isBasic) {
            envelope.put("writeKey", key());
        }
        envelope.put("sentAt", Instant.now().toString());
        ArrayNode batch = envelope.putArray("batch");
        calls.forEach(call -> batch.add(call.deepCopy()
                .put("messageId", dialect + "-" + call.path("type").asText())));
        byte[] body = dialect.isCompressed
                ? Wire.gzip(envelope.toString())
                : envelope.toString().getBytes(UTF_8);

        Wire.Answer answer = wire.post(
                dialect.path,
                body,
                dialect.contentType,
                dialect.isBasic ? Wire.basic(key() + ":") : "X-No: authorization",
                dialect.isCompressed ? "Content-Encoding: gzip" : "X-No: encoding");

        assertSuccess(answer);
        assertThat(arrived(6))
                .extracting(event -> event.path("messageId").asText())
                .containsExactlyInAnyOrderElementsOf(calls.stream()
                        .map(call -> dialect + "-" + call.path("type").asText())
                        .toList());
    }

    @ParameterizedTest
    @EnumSource
    void theCallsOfTheHttpApiArriveByTheirLongAndShortNames(EventType type) throws Exception {
        String name = type.wireName();
        for (String path : List.of("/v1/" + name, "/v1/" + name.charAt(0))) {
            assertSuccess(wire.post(path, """
                {"writeKey":"%s","messageId":"%s","event":"e","userId":"u-%s","groupId":"g","previousId":"p"}\
                """.formatted(key(), path, name)));
        }

        assertThat(arrived(2)).extracting(event -> event.path("type").asText()).containsOnly(name);
    }

    // ---- statuses and bodies

    @ParameterizedTest
    @ValueSource(strings = {"", "not json", "[]", "5", "{\"batch\":[{},]}"})
    void whatIsNotAJsonObjectIs400AndSaysSo(String body) throws Exception {
        String expected =
                "{\"success\":false,\"code\":\"invalid_request\",\"message\":\"malformed JSON\",\"error\":\"malformed"
                        + " JSON\"}";

        assertRefused(wire.post("/v1/batch", body, Wire.basic(key() + ":")), expected);
        assertRefused(wire.post("/v1/track", body, Wire.basic(key() + ":")), expected);
    }

    @Test
    void garbageInsteadOfGzipIs400AndSaysSo() throws Exception {
        assertRefused(
                wire.post("/v1/batch", "no gzip", Wire.basic(key() + ":"), "Content-Encoding: gzip"),
                "{\"success\":false,\"code\":\"invalid_request\",\"message\":\"malformed JSON\",\"error\":\"malformed"
                        + " JSON\"}");
    }

    @Test
    void aMissingEmptyOrMalformedWriteKeyIs400AndSaysSo() throws Exception {
        String expected = "{\"success\":false,\"code\":\"invalid_request\",\"message\":\"An invalid write key was"
                + " provided\",\"error\":\"An invalid write key was provided\"}";
        String event = "{\"event\":\"e\",\"userId\":\"u\"}";

        assertRefused(wire.post("/v1/track", event), expected);
        assertRefused(wire.post("/v1/track", event, Wire.basic(":")), expected);
        assertRefused(wire.post("/v1/track", event, Wire.basic("two words:")), expected);
        assertRefused(wire.post("/v1/batch", "{\"batch\":[],\"writeKey\":\"\"}"), expected);
    }

    @Test
    void anUnknownWriteKeyIsSuccessAndNothingArrives() throws Exception {
        assertSuccess(wire.post("/v1/track", "{\"event\":\"e\",\"userId\":\"u\"}", Wire.basic("nobody:")));

        assertNothingElseArrives();
    }

    @Test
    void whatIsTooLongIs400AndSaysSo() throws Exception {
        String expected = "{\"success\":false,\"code\":\"invalid_request\",\"message\":\"Exceed payload"
                + " limit\",\"error\":\"Exceed payload limit\"}";
        String call = "{\"event\":\"e\",\"userId\":\"u\",\"x\":\"" + "x".repeat(33 << 10) + "\"}";
        String batch = "{\"batch\":[],\"x\":\"" + "x".repeat(5 << 20) + "\"}";

        assertRefused(wire.post("/v1/track", call, Wire.basic(key() + ":")), expected);
        assertRefused(wire.post("/v1/batch", batch, Wire.basic(key() + ":")), expected);
        assertNothingElseArrives();
    }

    @Test
    void aBatchOverHalfAMegabyteIsTaken() throws Exception {
        String event = "{\"type\":\"track\",\"event\":\"e\",\"userId\":\"u\",\"x\":\"" + "x".repeat(30_000) + "\"}";

        assertSuccess(wire.post("/v1/batch", batchOf(event, 18), Wire.basic(key() + ":")));

        assertThat(arrived(18)).hasSize(18);
    }

    @Test
    void aBatchOf2501EventsIsSuccessAndNothingOfItArrives() throws Exception {
        assertSuccess(wire.post(
                "/v1/batch", batchOf("{\"type\":\"page\",\"userId\":\"u\"}", 2_501), Wire.basic(key() + ":")));

        assertNothingElseArrives();
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"batch\":[]}", "{\"batch\":null}"})
    void anEmptyBatchIsSuccessAndNothingArrives(String body) throws Exception {
        assertSuccess(wire.post("/v1/batch", body, Wire.basic(key() + ":")));

        assertNothingElseArrives();
    }

    @Test
    void nanEmptyListsNullIdsAndUselessEventsCostNothingElse() throws Exception {
        assertSuccess(wire.post("/v1/batch", """
            {"batch":[
            {"type":"track","event":"e","userId":null,"anonymousId":"nan","properties":{"x":NaN,"y":-Infinity},
             "integrations":[],"context":[]},
            {"type":"track","event":"e","userId":null,"anonymousId":null},
            {"type":"group","anonymousId":"nan","groupId":null},
            {"type":"alias","userId":"nan"},
            {"type":"track","userId":"nan"},
            5,
            {"type":"page","name":"","category":"","userId":17}]}\
            """, Wire.basic(key() + ":")));

        List<JsonNode> arrived = arrived(2);
        JsonNode track = ofType("track", arrived);
        assertThat(track.path("properties").path("x").isNull()).isTrue();
        assertThat(track.path("properties").path("y").isNull()).isTrue();
        assertThat(track.path("integrations")).isEqualTo(Calls.json("{}"));
        assertThat(ofType("page", arrived).path("userId").asText()).isEqualTo("17");
    }

    // ---- paths

    @ParameterizedTest
    @ValueSource(strings = {"/v1/import", "/v1/import/", "//v1/batch", "/v1//batch//", "/v1/b", "/v1/b/"})
    void slashesDoNotMatterAndNothingIsRedirected(String path) throws Exception {
        assertSuccess(
                wire.post(path, batchOf("{\"type\":\"page\",\"userId\":\"slashes\"}", 1), Wire.basic(key() + ":")));

        assertThat(arrived(1)).hasSize(1);
    }

    // ---- clocks

    @ParameterizedTest
    @ValueSource(longs = {-3L * 365 * 86_400, -7_200, 0, 30, 86_400})
    void theTimeOfAnEventIsThatOfOurClockHoweverWrongTheSendersIs(long skewSeconds) throws Exception {
        Instant happened = Instant.now().minusSeconds(90);
        Instant sent = happened.plusMillis(60_250);

        assertSuccess(wire.post(
                "/v1/track",
                """
                {"event":"e","userId":"clock","timestamp":"%s","sentAt":"%s"}\
                """.formatted(happened.plusSeconds(skewSeconds), sent.plusSeconds(skewSeconds)),
                Wire.basic(key() + ":")));

        JsonNode event = arrived(1).getFirst();
        Instant received = Instant.parse(event.path("receivedAt").asText());
        Instant corrected = Instant.parse(event.path("timestamp").asText());
        assertThat(Duration.between(corrected, received)).isEqualTo(Duration.ofMillis(60_250));
        assertThat(Instant.parse(event.path("originalTimestamp").asText()))
                .isEqualTo(happened.plusSeconds(skewSeconds));
        assertThat(received.toEpochMilli()).isCloseTo(Instant.now().toEpochMilli(), within(30_000L));
    }

    @Test
    void withoutSentAtTheTimeIsTheSendersAndWithoutATimeItIsOurs() throws Exception {
        assertSuccess(wire.post("/v1/batch", """
            {"batch":[{"type":"track","event":"e","userId":"clock","timestamp":"2020-01-02T03:04:05.678901+02:00"},
            {"type":"page","userId":"clock"}]}\
            """, Wire.basic(key() + ":")));

        List<JsonNode> arrived = arrived(2);
        JsonNode page = ofType("page", arrived);
        assertThat(Instant.parse(ofType("track", arrived).path("timestamp").asText()))
                .isEqualTo(Instant.parse("2020-01-02T01:04:05.678Z"));
        assertThat(page.path("timestamp")).isEqualTo(page.path("receivedAt"));
    }

    // ---- pixels

    @Test
    void aPixelArrivesInBothForms() throws Exception {
        String json = "{\"userId\":\"pixel\",\"event\":\"Opened ü?>\",\"writeKey\":\"%s\"}".formatted(key());
        String data = Base64.getUrlEncoder().withoutPadding().encodeToString(json.getBytes(UTF_8));

        assertImage(wire.call("GET", "/v1/pixel/track?data=" + data, "User-Agent: Mail"));
        assertImage(wire.call(
                "GET",
                "/v1/pixel/page?userId=pixel&name=Inbox&properties.subject=Hi+there&writeKey=" + key(),
                "User-Agent: Mail"));

        List<JsonNode> arrived = arrived(2);
        JsonNode track = ofType("track", arrived);
        JsonNode page = ofType("page", arrived);
        assertThat(track.path("event").asText()).isEqualTo("Opened ü?>");
        assertThat(track.at("/context/userAgent").asText()).isEqualTo("Mail");
        assertThat(track.at("/context/ip").asText()).isEqualTo("127.0.0.1");
        assertThat(page.at("/properties/subject").asText()).isEqualTo("Hi there");
        assertThat(page.has("writeKey")).isFalse();
    }

    @Test
    void aPixelIsAnImageEvenWhenNothingCanBeMadeOfIt() throws Exception {
        assertImage(wire.call("GET", "/v1/pixel/track?data=%%%"));
        assertImage(wire.call("GET", "/v1/pixel/track"));

        assertNothingElseArrives();
    }

    // ---- what a caller may ask for

    @Test
    void aVerboseAnswerNamesWhatBecameOfEachEventAndACommittedOneComesAfterTheCommit() throws Exception {
        Wire.Answer answer = wire.post("/v1/batch?verbose=true&ack=committed", """
            {"batch":[{"type":"track","userId":"u"},{"type":"page","userId":"u","messageId":"verbose"}]}\
            """, Wire.basic(key() + ":"));

        JsonNode results = Calls.json(answer.body());
        assertThat(results.path("success").asBoolean()).isTrue();
        assertThat(results.at("/events/0/reason").asText()).isEqualTo("event_not_defined");
        assertThat(results.at("/events/1/status").asText()).isEqualTo("accepted");
        assertThat(arrived(1).getFirst().path("messageId").asText()).isEqualTo("verbose");
    }

    // ---- helpers

    private static String key() {
        return platform.writeKey(SourceKind.SERVER);
    }

    private static String batchOf(String event, int count) {
        return "{\"batch\":["
                + String.join(
                        ",", IntStream.range(0, count).mapToObj(i -> event).toList()) + "]}";
    }

    /** The events that have come since the test began. */
    private List<JsonNode> arrived(int count) {
        List<JsonNode> all = platform.sink().awaitEvents(before + count, PATIENCE);
        return all.subList(before, all.size());
    }

    /** An event of the same user, sent now, is the only one that comes. */
    private void assertNothingElseArrives() throws Exception {
        assertSuccess(
                wire.post("/v1/track?ack=committed", "{\"event\":\"Last\",\"userId\":\"u\"}", Wire.basic(key() + ":")));

        assertThat(arrived(1)).extracting(event -> event.path("event").asText()).containsExactly("Last");
    }

    private static JsonNode ofType(String type, List<JsonNode> events) {
        return events.stream()
                .filter(event -> event.path("type").asText().equals(type))
                .findFirst()
                .orElseThrow();
    }

    private static void assertSuccess(Wire.Answer answer) {
        assertThat(answer.body()).isEqualTo(SUCCESS);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("content-type")).isEqualTo("application/json");
    }

    private static void assertRefused(Wire.Answer answer, String body) {
        assertThat(answer.body()).isEqualTo(body);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.header("content-type")).isEqualTo("application/json");
    }

    private static void assertImage(Wire.Answer answer) {
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("content-type")).isEqualTo("image/gif");
        assertThat(answer.header("cache-control")).isEqualTo("no-store");
    }
}
