package io.segmentdo.collect;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.segmentdo.collect.Wire.Answer;
import io.segmentdo.config.ByteSize;
import io.segmentdo.event.EventLimits;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What happens at the bounds, and with settings other than the defaults. */
class CollectorBoundsTest {
    private static final String TRACK = "{\"event\":\"e\",\"userId\":\"u\"}";
    private static final String API = Wire.basic("wk-api:");

    private CollectServer server;

    @AfterEach
    void stop() throws Exception {
        eventually(() -> server.inFlightBytes() == 0);
        server.close();
    }

    @Test
    void bodiesInMemoryAreBoundedAndTheNextSenderIsAskedToComeAgain() throws Exception {
        server = new CollectServer(config(Change.SMALL_MEMORY));
        try (Wire slow = server.connect();
                Wire other = server.connect()) {
            slow.send(Wire.head("POST", "/v1/batch", API, "Content-Length: 60000") + "\r\n" + " ".repeat(50_000));
            eventually(() -> server.inFlightBytes() > 50_000);

            Answer refused = other.post("/v1/batch", " ".repeat(60_000), API);

            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.header("retry-after")).isEqualTo("2");
            assertThat(new JsonObject(refused.body()).getString("code")).isEqualTo("overloaded");
            slow.send(" ".repeat(10_000));
            assertThat(slow.answer().status()).isEqualTo(400);
            assertThat(other.post("/v1/track", TRACK, API).status()).isEqualTo(200);
        }
        assertThat(server.requests("overloaded")).isEqualTo(1);
    }

    @Test
    void aSenderThatGoesAwayLeavesNothingBehind() throws Exception {
        server = new CollectServer(CollectConfig.DEFAULT);
        try (Wire wire = server.connect()) {
            wire.send(Wire.head("POST", "/v1/batch", API, "Content-Length: 60000") + "\r\n" + " ".repeat(50_000));
            eventually(() -> server.inFlightBytes() > 50_000);
        }

        eventually(() -> server.requests("aborted") == 1);
        assertThat(server.inFlightBytes()).isZero();
    }

    @Test
    void aSenderThatGoesAwayBeforeTheAnswerKeepsItsEvents() throws Exception {
        server = new CollectServer(CollectConfig.DEFAULT);
        server.log.hold();
        try (Wire wire = server.connect()) {
            wire.send(Wire.request("POST", "/v1/track", TRACK.getBytes(UTF_8), API));
            eventually(() -> server.log.held() == 1);
        }

        server.log.acknowledgeAll();

        eventually(() -> server.requests("success") == 1);
        assertThat(server.collector.acceptedEvents()).isEqualTo(1);
    }

    @Test
    void aBodyThatComesInDripsIsCutOff() throws Exception {
        server = new CollectServer(config(Change.IMPATIENT));
        try (Wire wire = server.connect()) {
            wire.send(Wire.head("POST", "/v1/track", API, "Content-Length: 1000") + "\r\n{");

            assertThat(wire.isClosedByServer()).isTrue();
        }
        eventually(() -> server.requests("timed_out") == 1);
    }

    @Test
    void aSilentConnectionIsClosed() throws Exception {
        server = new CollectServer(config(Change.IMPATIENT));
        try (Wire wire = server.connect()) {
            assertThat(wire.isClosedByServer()).isTrue();
        }
    }

    @Test
    void manyRequestsOfOneSyncAreAllAnswered() throws Exception {
        server = new CollectServer(CollectConfig.DEFAULT);
        server.log.hold();
        List<Wire> wires = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            Wire wire = server.connect();
            wires.add(wire);
            wire.send(Wire.request("POST", "/v1/track", TRACK.getBytes(UTF_8), API));
        }
        eventually(() -> server.log.held() == 50);

        server.log.acknowledgeAll();

        for (Wire wire : wires) {
            assertThat(wire.answer().status()).isEqualTo(200);
            wire.close();
        }
    }

    @Test
    void nothingIsAnsweredBeforeItIsDurable() throws Exception {
        server = new CollectServer(CollectConfig.DEFAULT);
        server.log.hold();
        try (Wire wire = server.connect()) {
            wire.send(Wire.request("POST", "/v1/track", TRACK.getBytes(UTF_8), API));
            eventually(() -> server.log.held() == 1);
            assertThat(server.requests("success")).isZero();
            assertThat(server.collector.acceptedEvents()).isZero();

            server.log.acknowledgeAll();

            assertThat(wire.answer().status()).isEqualTo(200);
        }
    }

    @Test
    void aRequestMayWaitForTheCommit() throws Exception {
        server = new CollectServer(config(Change.SHORT_COMMIT));
        Promise<Void> commit = Promise.promise();
        server.commits.set(commit.future());
        try (Wire wire = server.connect();
                Wire other = server.connect()) {
            wire.send(Wire.request("POST", "/v1/track?ack=committed", TRACK.getBytes(UTF_8), API));
            eventually(() -> server.collector.acceptedEvents() == 1);
            assertThat(other.post("/v1/track?ack=spool", TRACK, API).status()).isEqualTo(200);
            assertThat(server.requests("success")).isEqualTo(1);

            commit.complete();

            assertThat(wire.answer().body()).isEqualTo("{\"success\":true}");
        }
    }

    @Test
    void aCommitThatTakesTooLongOrFailsIsNotAnsweredWithSuccess() throws Exception {
        server = new CollectServer(config(Change.SHORT_COMMIT));
        try (Wire wire = server.connect()) {
            server.commits.set(Promise.<Void>promise().future());
            Answer late = wire.post("/v1/track?ack=committed", TRACK, API);
            server.commits.set(Future.failedFuture("the owner is gone"));
            Answer failed = wire.post("/v1/track?ack=committed", TRACK, API);

            assertThat(late.status()).isEqualTo(503);
            assertThat(late.header("retry-after")).isEqualTo("2");
            assertThat(new JsonObject(late.body()).getString("code")).isEqualTo("not_committed");
            assertThat(failed.status()).isEqualTo(503);
        }
        assertThat(server.requests("not_committed")).isEqualTo(2);
    }

    @Test
    void theRateOfASourceIsLimited() throws Exception {
        server = new CollectServer(config(Change.RATE_LIMITED));
        try (Wire wire = server.connect()) {
            String page = "{\"type\":\"page\",\"userId\":\"u\"}";
            String batch = "{\"batch\":[" + page + ("," + page).repeat(29) + "]}";

            Answer first = wire.post("/v1/batch", batch, API);
            Answer second = wire.post("/v1/batch", batch, API, "Origin: https://shop.example");
            Answer otherSource = wire.post("/v1/batch", batch, Wire.basic("wk-js:"));

            assertThat(first.status()).isEqualTo(200);
            assertThat(second.status()).isEqualTo(429);
            assertThat(Integer.parseInt(second.header("retry-after"))).isBetween(1, 3);
            assertThat(second.header("x-ratelimit-reset")).isEqualTo(second.header("retry-after"));
            assertThat(second.header("access-control-expose-headers")).contains("Retry-After");
            assertThat(second.body())
                    .isEqualTo(
                            "{\"success\":false,\"code\":\"rate_limited\",\"message\":\"rate limit exceeded\",\"error\":\"rate limit exceeded\"}");
            assertThat(otherSource.status()).isEqualTo(200);
        }
    }

    @Test
    void strictWriteKeysTurnUnknownOnesAway() throws Exception {
        server = new CollectServer(config(Change.STRICT));
        try (Wire wire = server.connect()) {
            Answer answer = wire.post("/v1/track", TRACK, Wire.basic("nobody:"));

            assertThat(answer.status()).isEqualTo(400);
            assertThat(new JsonObject(answer.body()).getString("message"))
                    .isEqualTo("An invalid write key was provided");
        }
    }

    @Test
    void theAddressInFrontOfTrustedProxiesIsTheSenders() throws Exception {
        server = new CollectServer(config(Change.BEHIND_PROXY));
        try (Wire wire = server.connect()) {
            String js = Wire.basic("wk-js:");
            wire.post("/v1/track", TRACK, js, "X-Forwarded-For: 6.6.6.6, 203.0.113.9, 10.1.2.3");
            wire.post("/v1/track", TRACK, js, "X-Forwarded-For: 203.0.113.9:4711");
            wire.post("/v1/track", TRACK, js, "X-Forwarded-For: [2001:db8::1]:4711");
            wire.post("/v1/track", TRACK, js, "X-Forwarded-For: nonsense");
            wire.post("/v1/track", TRACK, js);
        }

        assertThat(server.log.events())
                .extracting(event -> new JsonObject(event.json().toString())
                        .getJsonObject("context")
                        .getString("ip"))
                .containsExactly("203.0.113.9", "203.0.113.9", "2001:db8::1", "127.0.0.1", "127.0.0.1");
    }

    @Test
    void aForwardedHeaderFromAStrangerIsNotBelieved() throws Exception {
        server = new CollectServer(CollectConfig.DEFAULT);
        try (Wire wire = server.connect()) {
            wire.post("/v1/track", TRACK, Wire.basic("wk-js:"), "X-Forwarded-For: 203.0.113.9");
            Answer settings = wire.call("GET", "/v1/projects/wk-js/settings", "X-Forwarded-Host: evil.example");

            assertThat(server.log.events().getFirst().json().toString()).contains("\"ip\":\"127.0.0.1\"");
            assertThat(settings.body()).doesNotContain("evil.example");
        }
    }

    @Test
    void theSettingsNameTheHostThatTheProxyWasAskedFor() throws Exception {
        server = new CollectServer(config(Change.BEHIND_PROXY));
        try (Wire wire = server.connect()) {
            JsonObject segment = segment(wire.call(
                    "GET",
                    "/v1/projects/wk-js/settings",
                    "X-Forwarded-Host: cdp.example.com",
                    "X-Forwarded-Proto: https"));
            JsonObject odd =
                    segment(wire.call("GET", "/v1/projects/wk-js/settings", "X-Forwarded-Host: a b\"<script>"));

            assertThat(segment.getString("apiHost")).isEqualTo("cdp.example.com/v1");
            assertThat(segment.getString("protocol")).isEqualTo("https");
            assertThat(odd.containsKey("apiHost")).isFalse();
            assertThat(odd.getString("apiKey")).isEqualTo("wk-js");
        }
    }

    @Test
    void theSettingsNameTheConfiguredAddress() throws Exception {
        server = new CollectServer(config(Change.PUBLIC_URL));
        try (Wire wire = server.connect()) {
            JsonObject segment = segment(wire.call("GET", "/v1/projects/wk-js/settings"));

            assertThat(segment.getString("apiHost")).isEqualTo("cdp.example.com/t/v1");
            assertThat(segment.getString("protocol")).isEqualTo("https");
        }
    }

    private static JsonObject segment(Answer settings) {
        return new JsonObject(settings.body()).getJsonObject("integrations").getJsonObject("Segment.io");
    }

    private enum Change {
        SMALL_MEMORY,
        IMPATIENT,
        SHORT_COMMIT,
        RATE_LIMITED,
        STRICT,
        BEHIND_PROXY,
        PUBLIC_URL
    }

    /** The defaults with one change. */
    private static CollectConfig config(Change change) {
        CollectConfig d = CollectConfig.DEFAULT;
        boolean isSmall = change == Change.SMALL_MEMORY;
        boolean isImpatient = change == Change.IMPATIENT;
        return new CollectConfig(
                d.ack(),
                change == Change.SHORT_COMMIT ? Duration.ofMillis(500) : d.commitTimeout(),
                isSmall ? ByteSize.kibibytes(64) : d.bodyBytes(),
                d.compressionRatio(),
                isSmall ? ByteSize.kibibytes(100) : d.inFlightBytes(),
                isImpatient ? Duration.ofSeconds(1) : d.bodyTimeout(),
                isImpatient ? Duration.ofSeconds(2) : d.idleTimeout(),
                d.requestLineBytes(),
                d.headerBytes(),
                d.retryAfter(),
                change == Change.STRICT,
                change == Change.BEHIND_PROXY ? List.of("127.0.0.0/8", "10.0.0.0/8", "::1") : List.of(),
                change == Change.PUBLIC_URL ? URI.create("https://cdp.example.com/t/") : d.publicUrl(),
                d.settingsMaxAge(),
                EventLimits.DEFAULT,
                change == Change.RATE_LIMITED ? new RateLimitConfig(1_000, 10, Duration.ofSeconds(1)) : d.rateLimit());
    }

    private static void eventually(BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("deadline").isLessThan(deadline);
            Thread.sleep(2);
        }
    }
}
