package io.segmentdo.collect;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.segmentdo.collect.Wire.Answer;
import io.segmentdo.event.Event;
import io.segmentdo.event.EventType;
import io.segmentdo.problem.Problem;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What SDKs see on the wire with the default limits. */
class CollectorTest {
    private static final String SUCCESS = "{\"success\":true}";
    private static final String MALFORMED =
            "{\"success\":false,\"code\":\"invalid_request\",\"message\":\"malformed JSON\",\"error\":\"malformed JSON\"}";
    private static final String INVALID_KEY =
            "{\"success\":false,\"code\":\"invalid_request\",\"message\":\"An invalid write key was provided\",\"error\":\"An invalid write key was provided\"}";
    private static final String TOO_LARGE =
            "{\"success\":false,\"code\":\"invalid_request\",\"message\":\"Exceed payload limit\",\"error\":\"Exceed payload limit\"}";
    private static final String TRACK = "{\"event\":\"e\",\"userId\":\"u\",\"messageId\":\"m\"}";
    private static final String BATCH =
            "{\"batch\":[{\"type\":\"track\",\"event\":\"e\",\"userId\":\"u\"}],\"writeKey\":\"wk-api\"}";
    private static final String API = Wire.basic("wk-api:");

    private static CollectServer server;
    private Wire wire;
    private int before;

    @BeforeAll
    static void start() throws Exception {
        server = new CollectServer(CollectConfig.DEFAULT);
    }

    @AfterAll
    static void stop() throws Exception {
        assertThat(server.inFlightBytes()).isZero();
        server.close();
    }

    @BeforeEach
    void connect() throws Exception {
        wire = server.connect();
        before = server.log.events().size();
    }

    @AfterEach
    void disconnect() throws Exception {
        wire.close();
    }

    @ParameterizedTest
    @CsvSource({
        "/v1/t, TRACK",
        "/v1/i, IDENTIFY",
        "/v1/p, PAGE",
        "/v1/s, SCREEN",
        "/v1/g, GROUP",
        "/v1/a, ALIAS",
        "/v1/track, TRACK",
        "/v1/identify, IDENTIFY",
        "/v1/page, PAGE",
        "/v1/screen, SCREEN",
        "/v1/group, GROUP",
        "/v1/alias, ALIAS",
        "/v1/track/, TRACK",
        "//v1/track, TRACK",
        "/v1//track//, TRACK"
    })
    void everyPathOfACallIsServed(String path, EventType type) throws Exception {
        assertThat(Collector.serves(path)).isTrue();

        Answer answer =
                wire.post(path, "{\"event\":\"e\",\"userId\":\"u\",\"groupId\":\"g\",\"previousId\":\"p\"}", API);

        assertSuccess(answer);
        assertThat(appended()).extracting(Event::type).containsExactly(type);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/v1/b", "/v1/batch", "/v1/import", "/v1/import/", "//v1/batch", "/v1/b/", "//v1//import//"})
    void everyPathOfABatchIsServed(String path) throws Exception {
        assertSuccess(wire.post(path, BATCH));

        assertThat(appended()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/v1",
                "/v1/x",
                "/v1/tracks",
                "/v2/track",
                "/health",
                "/v1/projects//settings",
                "/v1/spaces/a"
            })
    void otherPathsAreNotOurs(String path) {
        assertThat(Collector.serves(path)).isFalse();
    }

    @Test
    void successIsExactly200WithAJsonObjectAndADate() throws Exception {
        Answer answer = wire.post("/v1/track", TRACK, API);

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo(SUCCESS);
        assertThat(answer.header("content-type")).isEqualTo("application/json");
        assertThat(answer.header("date")).isEqualTo("Mon, 23 Nov 2026 10:00:00 GMT");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Type: application/json",
                "Content-Type: text/plain;charset=UTF-8",
                "Content-Type: application/x-www-form-urlencoded",
                "X-None: x"
            })
    void theContentTypeDoesNotMatter(String header) throws Exception {
        assertSuccess(wire.post("/v1/track", TRACK, API, header));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[]", "5", "null", "not json", "{\"a\":1}{", "{\"batch\":[{},]}"})
    void aBodyThatIsNoJsonObjectIs400AndTheConnectionGoesOn(String body) throws Exception {
        assertRefused(wire.post("/v1/batch", body, API), 400, MALFORMED);
        assertRefused(wire.post("/v1/track", body, API), 400, MALFORMED);
        assertSuccess(wire.post("/v1/track", TRACK, API));
    }

    @Test
    void damagedGzipIs400AndTheConnectionGoesOn() throws Exception {
        byte[] good = Wire.gzip(BATCH);
        byte[] cut = java.util.Arrays.copyOf(good, good.length - 9);

        assertRefused(wire.post("/v1/b", "garbage", "Content-Encoding: gzip"), 400, MALFORMED);
        assertRefused(wire.post("/v1/b", cut, "Content-Encoding: gzip"), 400, MALFORMED);
        assertRefused(wire.post("/v1/b", good, "Content-Encoding: br"), 400, MALFORMED);
        assertSuccess(wire.post("/v1/b", good, "Content-Encoding: gzip"));
        assertThat(appended()).hasSize(1);
    }

    @Test
    void aMissingEmptyOrMalformedWriteKeyIs400() throws Exception {
        assertRefused(wire.post("/v1/track", TRACK), 400, INVALID_KEY);
        assertRefused(wire.post("/v1/track", TRACK, Wire.basic(":")), 400, INVALID_KEY);
        assertRefused(wire.post("/v1/track", TRACK, Wire.basic("a b:")), 400, INVALID_KEY);
        assertRefused(wire.post("/v1/track", TRACK, Wire.basic("x".repeat(129) + ":")), 400, INVALID_KEY);
        assertRefused(wire.post("/v1/batch", "{\"batch\":[],\"writeKey\":\"\"}"), 400, INVALID_KEY);
        assertRefused(wire.post("/v1/batch", "{\"batch\":[],\"writeKey\":null}"), 400, INVALID_KEY);
        assertRefused(wire.post("/v1/track", TRACK, "Authorization: Bearer token"), 400, INVALID_KEY);
        assertThat(appended()).isEmpty();
    }

    @Test
    void everyFormOfAuthenticationIsUnderstood() throws Exception {
        String keyed = TRACK.replace("}", ",\"writeKey\":\"wk-js\"}");

        assertSuccess(wire.post("/v1/track", TRACK, Wire.basic("wk-api:")));
        assertSuccess(wire.post("/v1/track", TRACK, Wire.basic("wk-api")));
        assertSuccess(wire.post("/v1/track", TRACK, "authorization: basic " + b64("wk-api:ignored")));
        assertSuccess(wire.post("/v1/track", keyed));
        assertSuccess(wire.post("/v1/track", keyed, Wire.basic("wk-api:")));
        assertSuccess(wire.post("/v1/track", keyed, "Authorization: Basic %%%"));
        assertSuccess(wire.post("/v1/track", keyed, "Authorization: Bearer token"));
        assertSuccess(wire.post("/v1/track?writeKey=wk-app", TRACK));
        assertSuccess(
                wire.post("/v1/batch", "{\"batch\":[{\"type\":\"page\",\"userId\":\"u\",\"writeKey\":\"wk-js\"}]}"));

        assertThat(appended())
                .extracting(Event::source)
                .containsExactly("api", "api", "api", "js", "api", "js", "js", "app", "js");
        assertThat(appended()).noneMatch(event -> event.json().toString().contains("writeKey"));
    }

    @Test
    void anUnknownWriteKeyIsSuccessAndItsEventsAreCounted() throws Exception {
        long known = server.discarded("unknown", "unknown_source");

        assertSuccess(wire.post("/v1/batch", BATCH, Wire.basic("nobody:")));

        assertThat(appended()).isEmpty();
        assertThat(server.discarded("unknown", "unknown_source")).isEqualTo(known + 1);
        assertThat(server.discards.samples())
                .anySatisfy(sample -> assertThat(sample.reason()).isEqualTo("unknown_source"));
    }

    @Test
    void aDisabledSourceIsSuccessAndItsEventsAreCounted() throws Exception {
        assertSuccess(wire.post("/v1/track", TRACK, Wire.basic("wk-off:")));

        assertThat(appended()).isEmpty();
        assertThat(server.discarded("acme/off", "source_disabled")).isEqualTo(1);
    }

    @Test
    void aCallOverTheEventLimitIs400AndTheConnectionGoesOn() throws Exception {
        String large = "{\"event\":\"e\",\"userId\":\"u\",\"x\":\"" + "x".repeat(32 << 10) + "\"}";

        assertRefused(wire.post("/v1/track", large, API), 400, TOO_LARGE);
        assertRefused(wire.post("/v1/track", Wire.gzip(large), API, "Content-Encoding: gzip"), 400, TOO_LARGE);
        assertRefused(chunked("/v1/track", large), 400, TOO_LARGE);
        assertSuccess(wire.post("/v1/track", TRACK, API));
    }

    @Test
    void aBatchOverTheBodyLimitIs400AndTheConnectionGoesOn() throws Exception {
        String event = "{\"type\":\"track\",\"event\":\"e\",\"userId\":\"u\",\"x\":\"" + "x".repeat(20_000) + "\"}";
        String large = "{\"batch\":[" + event + ("," + event).repeat(215) + "]}";
        assertThat(large.length()).isGreaterThan(4 << 20);

        assertRefused(wire.post("/v1/batch", large, API), 400, TOO_LARGE);
        assertSuccess(wire.post("/v1/track", TRACK, API));
    }

    @Test
    void aBatchOver500KilobytesIsStillFine() throws Exception {
        String event = "{\"type\":\"track\",\"event\":\"e\",\"userId\":\"u\",\"x\":\"" + "x".repeat(30_000) + "\"}";

        assertSuccess(wire.post("/v1/batch", "{\"batch\":[" + event + ("," + event).repeat(19) + "]}", API));

        assertThat(appended()).hasSize(20);
    }

    @Test
    void anEndlessBodyIsAnsweredAndCutOff() throws Exception {
        wire.send(Wire.head("POST", "/v1/batch", API, "Content-Length: 9000000000") + "\r\n");
        byte[] block = new byte[1 << 20];
        try {
            for (int i = 0; i < 12; i++) {
                wire.send(block);
            }
            assertRefused(wire.answer(), 400, TOO_LARGE);
        } catch (java.net.SocketException e) {
            // the connection went away while we were sending
        }
        assertThat(wire.isClosedByServer()).isTrue();
    }

    @Test
    void aGzipBombIs400() throws Exception {
        String bomb = "{\"batch\":[],\"x\":\"" + "0".repeat(40 << 20) + "\"}";

        assertRefused(wire.post("/v1/batch", Wire.gzip(bomb), API, "Content-Encoding: gzip"), 400, TOO_LARGE);
        assertSuccess(wire.post("/v1/track", TRACK, API));
    }

    @Test
    void aTooLargeEventInABatchCostsItselfOnly() throws Exception {
        long known = server.discarded("acme/api", "exceed_payload_limit");
        String large = "{\"type\":\"track\",\"event\":\"e\",\"userId\":\"u\",\"x\":\"" + "x".repeat(33_000) + "\"}";

        assertSuccess(wire.post("/v1/batch", BATCH.replace("[", "[" + large + ",")));

        assertThat(appended()).hasSize(1);
        assertThat(server.discarded("acme/api", "exceed_payload_limit")).isEqualTo(known + 1);
    }

    @Test
    void aBatchOf2501EventsIsSuccessAndDiscardedAsAWhole() throws Exception {
        String event = "{\"type\":\"page\",\"userId\":\"u\"}";

        assertSuccess(wire.post("/v1/batch", "{\"batch\":[" + event + ("," + event).repeat(2_500) + "]}", API));

        assertThat(appended()).isEmpty();
        assertThat(server.discarded("acme/api", "batch_too_large")).isEqualTo(2_501);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"batch\":[]}", "{\"batch\":null}"})
    void anEmptyBatchIsSuccessAndCounted(String body) throws Exception {
        long known = server.discarded("acme/api", "empty_batch");

        assertSuccess(wire.post("/v1/batch", body, API));

        assertThat(server.discarded("acme/api", "empty_batch")).isEqualTo(known + 1);
    }

    @Test
    void nanEmptyArraysAndNullIdsCostNothing() throws Exception {
        assertSuccess(wire.post("/v1/batch", """
                {"batch":[{"type":"track","event":"e","userId":null,"anonymousId":"a","properties":{"x":NaN},"integrations":[]},
                {"type":"group","anonymousId":"a","groupId":null}]}""", API));

        assertThat(appended()).hasSize(1);
        JsonObject event = new JsonObject(appended().getFirst().json().toString());
        assertThat(event.getJsonObject("properties").getValue("x")).isNull();
        assertThat(event.getJsonObject("integrations")).isEqualTo(new JsonObject());
    }

    @Test
    void aDuplicatedPostIsAcceptedTwiceWithTheSameMessageId() throws Exception {
        assertSuccess(wire.post("/v1/track", TRACK, API));
        assertSuccess(wire.post("/v1/track", TRACK, API));

        assertThat(appended()).extracting(Event::messageId).containsExactly("m", "m");
    }

    @Test
    void theSendersClockIsCorrected() throws Exception {
        String skewed =
                "{\"event\":\"e\",\"userId\":\"u\",\"timestamp\":\"2026-11-23T06:59:58.5Z\",\"sentAt\":\"2026-11-23T07:00:00Z\"}";

        assertSuccess(wire.post("/v1/track", skewed, API));

        JsonObject event = new JsonObject(appended().getFirst().json().toString());
        assertThat(event.getString("timestamp")).isEqualTo("2026-11-23T09:59:58.500Z");
        assertThat(event.getString("originalTimestamp")).isEqualTo("2026-11-23T06:59:58.5Z");
        assertThat(event.getString("receivedAt")).isEqualTo("2026-11-23T10:00:00.000Z");
    }

    @Test
    void aVerboseAnswerSaysWhatBecameOfEachEvent() throws Exception {
        String body = """
                {"batch":[{"type":"track","userId":"u"},{"type":"page","userId":"u","messageId":"m1"},5,{"type":"page","userId":"u","messageId":"m2"}]}""";

        Answer answer = wire.post("/v1/batch?verbose=true", body, API);

        JsonObject results = new JsonObject(answer.body());
        JsonArray events = results.getJsonArray("events");
        assertThat(results.getBoolean("success")).isTrue();
        assertThat(results.getInteger("accepted")).isEqualTo(2);
        assertThat(results.getInteger("discarded")).isEqualTo(2);
        assertThat(events.getJsonObject(0).getString("reason")).isEqualTo("event_not_defined");
        assertThat(events.getJsonObject(1).getString("messageId")).isEqualTo("m1");
        assertThat(events.getJsonObject(2).getString("reason")).isEqualTo("event_not_object");
        assertThat(events.getJsonObject(3).getString("status")).isEqualTo("accepted");
        assertThat(new JsonObject(wire.post("/v1/batch?verbose=true", "{}", API).body())
                        .getJsonObject("batch")
                        .getString("reason"))
                .isEqualTo("empty_batch");
    }

    @Test
    void aPreflightAllowsWhatItIsAskedFor() throws Exception {
        Answer answer = wire.call(
                "OPTIONS",
                "/v1/t",
                "Origin: https://shop.example",
                "Access-Control-Request-Method: POST",
                "Access-Control-Request-Headers: authorization,x-retry-count");

        assertThat(answer.status()).isEqualTo(204);
        assertThat(answer.header("access-control-allow-origin")).isEqualTo("https://shop.example");
        assertThat(answer.header("access-control-allow-methods")).isEqualTo("GET, POST, OPTIONS");
        assertThat(answer.header("access-control-allow-headers")).isEqualTo("authorization,x-retry-count");
        assertThat(answer.header("access-control-max-age")).isEqualTo("7200");
        assertThat(answer.header("access-control-allow-credentials")).isEqualTo("true");
        assertThat(answer.header("vary")).isEqualTo("Origin");
        assertSuccess(wire.post("/v1/t", TRACK, API));
    }

    @Test
    void allAnswersCanBeReadByBrowsers() throws Exception {
        String origin = "Origin: https://shop.example";
        for (Answer answer : List.of(
                wire.post("/v1/t", TRACK, API, origin),
                wire.post("/v1/t", "{", API, origin),
                wire.post("/v1/m", "{}", origin),
                wire.call("GET", "/v1/projects/wk-js/settings", origin),
                wire.call("GET", "/v1/projects/nobody/settings", origin),
                wire.call("PUT", "/v1/t", origin),
                wire.call("GET", "/v1/pixel/page", origin))) {
            assertThat(answer.header("access-control-allow-origin")).isEqualTo("https://shop.example");
            assertThat(answer.header("access-control-allow-credentials")).isEqualTo("true");
            assertThat(answer.header("access-control-expose-headers")).isEqualTo("Retry-After, X-RateLimit-Reset");
            assertThat(answer.header("vary")).isEqualTo("Origin");
            assertThat(answer.header("date")).isNotNull();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /v1/t",
        "PUT, /v1/batch",
        "DELETE, /v1/m",
        "POST, /v1/pixel/track",
        "POST, /v1/projects/wk-js/settings"
    })
    void otherMethodsAre405(String method, String path) throws Exception {
        Answer answer = wire.call(method, path, "Content-Length: 0");

        assertThat(answer.status()).isEqualTo(405);
        assertThat(answer.body())
                .isEqualTo(
                        "{\"success\":false,\"code\":\"method_not_allowed\",\"message\":\"method not allowed\",\"error\":\"method not allowed\"}");
        assertThat(answer.header("allow")).endsWith(", OPTIONS");
    }

    @Test
    void aHeadRequestIs405WithoutABody() throws Exception {
        assertThat(wire.call("HEAD", "/v1/t").status()).isEqualTo(405);
        assertSuccess(wire.post("/v1/t", TRACK, API));
    }

    @Test
    void metricsOfSdksAreTakenAndForgotten() throws Exception {
        Answer answer = wire.post("/v1/m", "{\"series\":[{\"type\":\"Counter\"}]}", "Content-Type: text/plain");

        assertSuccess(answer);
        assertSuccess(wire.post("/v1/m", "garbage"));
        assertThat(appended()).isEmpty();
    }

    @Test
    void aPixelCarriesBase64() throws Exception {
        String json = "{\"userId\":\"ü?>\",\"event\":\"Opened\",\"writeKey\":\"wk-api\"}";
        for (String data : List.of(
                Base64.getUrlEncoder().withoutPadding().encodeToString(json.getBytes(UTF_8)),
                Base64.getUrlEncoder().encodeToString(json.getBytes(UTF_8)),
                Base64.getEncoder().encodeToString(json.getBytes(UTF_8)),
                Base64.getEncoder()
                        .encodeToString(json.getBytes(UTF_8))
                        .replace("+", "%2B")
                        .replace("/", "%2F")
                        .replace("=", "%3D"))) {
            assertImage(wire.call("GET", "/v1/pixel/track?data=" + data, "User-Agent: Mail"));
        }

        assertThat(appended()).hasSize(4);
        JsonObject event = new JsonObject(appended().getFirst().json().toString());
        assertThat(event.getString("userId")).isEqualTo("ü?>");
        assertThat(event.getJsonObject("context"))
                .isEqualTo(new JsonObject().put("ip", "127.0.0.1").put("userAgent", "Mail"));
        assertThat(event.containsKey("sentAt")).isFalse();
    }

    @Test
    void aPixelCarriesDottedNames() throws Exception {
        assertImage(
                wire.call(
                        "GET",
                        "/v1/pixel/track?userId=u&event=Email%20Opened&properties.subject=Hi+there&properties.a.b=1&context.ip=1.2.3.4&writeKey=wk-js"));

        JsonObject event = new JsonObject(appended().getFirst().json().toString());
        assertThat(event.getString("event")).isEqualTo("Email Opened");
        assertThat(event.getJsonObject("properties"))
                .isEqualTo(new JsonObject("{\"subject\":\"Hi there\",\"a\":{\"b\":\"1\"}}"));
        assertThat(event.getJsonObject("context").getString("ip")).isEqualTo("1.2.3.4");
        assertThat(event.containsKey("writeKey")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1/pixel/track",
                "/v1/pixel/track?data=%%%",
                "/v1/pixel/track?data=bm90IGpzb24",
                "/v1/pixel/track?data=e30",
                "/v1/pixel/page?writeKey=wk-js",
                "/v1/pixel/page?writeKey=wk-off&userId=u",
                "/v1/pixel/page?a.b=1&a=2&a.c=3&..=&.=&=x"
            })
    void aPixelIsAnImageWhateverHappens(String path) throws Exception {
        long known = server.discards.total();

        assertImage(wire.call("GET", path));

        assertThat(appended()).isEmpty();
        assertThat(server.discards.total()).isEqualTo(known + 1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1/projects/wk-js/settings",
                "/projects/wk-js/settings",
                "//v1/projects/wk-js/settings/",
                "/v1/projects/wk-js/settings/wk-js/settings"
            })
    void theSettingsSendSdksBackToTheHostThatTheyUsed(String path) throws Exception {
        Answer answer = wire.call("GET", path);

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("content-type")).isEqualTo("application/json");
        assertThat(answer.header("cache-control")).isEqualTo("public, max-age=60");
        JsonObject settings = new JsonObject(answer.body());
        JsonObject segment = settings.getJsonObject("integrations").getJsonObject("Segment.io");
        assertThat(segment.getString("apiKey")).isEqualTo("wk-js");
        assertThat(segment.getString("apiHost")).isEqualTo("cdp.test:8080/v1");
        assertThat(segment.getString("protocol")).isEqualTo("http");
        assertThat(segment.getJsonArray("unbundledIntegrations")).containsExactly("webhook");
        assertThat(settings.getJsonObject("metrics"))
                .isEqualTo(new JsonObject("{\"sampleRate\":0,\"host\":\"cdp.test:8080/v1\"}"));
        assertThat(settings.getJsonObject("edgeFunction")).isEqualTo(new JsonObject());
    }

    @Test
    void theSettingsOfAnUnknownKeyAre404() throws Exception {
        Answer answer = wire.call("GET", "/v1/projects/nobody/settings");

        assertThat(answer.status()).isEqualTo(404);
        assertThat(new JsonObject(answer.body()).getString("code")).isEqualTo("not_found");
    }

    @Test
    void chunkedBodiesAreRead() throws Exception {
        assertSuccess(chunked("/v1/track", TRACK));

        assertThat(appended()).hasSize(1);
    }

    @Test
    void aSenderThatWaitsForContinueIsToldToGoOn() throws Exception {
        wire.send(Wire.head("POST", "/v1/track", API, "Expect: 100-continue", "Content-Length: " + TRACK.length())
                + "\r\n");
        assertThat(wire.headOnly().status()).isEqualTo(100);

        wire.send(TRACK);

        assertSuccess(wire.answer());
    }

    @Test
    void pipelinedRequestsAreAnsweredInOrder() throws Exception {
        java.io.ByteArrayOutputStream all = new java.io.ByteArrayOutputStream();
        for (int i = 0; i < 20; i++) {
            all.write(Wire.request("POST", "/v1/track", (i % 3 == 1 ? "{" : TRACK).getBytes(UTF_8), API));
        }

        wire.send(all.toByteArray());

        for (int i = 0; i < 20; i++) {
            assertThat(wire.answer().status()).isEqualTo(i % 3 == 1 ? 400 : 200);
        }
    }

    @Test
    void http2WithoutTlsIsSpoken() throws Exception {
        try (HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build()) {
            URI uri = URI.create("http://127.0.0.1:" + server.port + "/v1/batch");
            for (int i = 0; i < 3; i++) {
                HttpResponse<String> answer = client.send(
                        HttpRequest.newBuilder(uri)
                                .header("Content-Encoding", "gzip")
                                .POST(HttpRequest.BodyPublishers.ofByteArray(Wire.gzip(BATCH)))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());

                assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
                assertThat(answer.statusCode()).isEqualTo(200);
                assertThat(answer.body()).isEqualTo(SUCCESS);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"OVERLOADED, overloaded", "STORAGE_FAILED, storage_failed"})
    void whenNothingCanBeStoredTheSenderIsAskedToComeAgain(Problem problem, String code) throws Exception {
        server.log.failWith(problem);
        try {
            Answer answer = wire.post("/v1/track", TRACK, API);

            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.header("retry-after")).isEqualTo("2");
            assertThat(new JsonObject(answer.body()).getString("code")).isEqualTo(code);
            long lost = server.discarded("acme/api", "not_stored");
            assertImage(wire.call("GET", "/v1/pixel/page?userId=u&writeKey=wk-api"));
            assertThat(server.discarded("acme/api", "not_stored")).isEqualTo(lost + 1);
        } finally {
            server.log.failWith(null);
        }
        assertSuccess(wire.post("/v1/track", TRACK, API));
    }

    private Answer chunked(String path, String body) throws Exception {
        StringBuilder chunks = new StringBuilder(Wire.head("POST", path, API, "Transfer-Encoding: chunked") + "\r\n");
        for (int i = 0; i < body.length(); i += 7_001) {
            String chunk = body.substring(i, Math.min(body.length(), i + 7_001));
            chunks.append(Integer.toHexString(chunk.length()))
                    .append("\r\n")
                    .append(chunk)
                    .append("\r\n");
        }
        wire.send(chunks + "0\r\n\r\n");
        return wire.answer();
    }

    private List<Event> appended() {
        List<Event> all = server.log.events();
        return all.subList(before, all.size());
    }

    private static void assertSuccess(Answer answer) {
        assertThat(answer.body()).isEqualTo(SUCCESS);
        assertThat(answer.status()).isEqualTo(200);
    }

    private static void assertRefused(Answer answer, int status, String body) {
        assertThat(answer.body()).isEqualTo(body);
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.header("content-type")).isEqualTo("application/json");
    }

    private static void assertImage(Answer answer) {
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("content-type")).isEqualTo("image/gif");
        assertThat(answer.header("cache-control")).isEqualTo("no-store");
        assertThat(answer.body().getBytes(ISO_8859_1)).startsWith("GIF89a".getBytes(ISO_8859_1));
    }

    private static String b64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
    }
}
