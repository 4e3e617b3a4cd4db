package io.segmentdo.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.segmentdo.plugin.PluginJars;
import io.segmentdo.telemetry.MetricsReference;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole node with two destinations, as an operator meets it. */
class NodeIT {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path home;

    private final HttpClient client = HttpClient.newHttpClient();
    private final RecordingSink good = RecordingSink.open();
    private final RecordingSink troubled = RecordingSink.open();
    private Node node;
    private String token;

    @BeforeEach
    void start() throws Exception {
        PluginJars.webhook(Files.createDirectories(home.resolve("plugins")), "webhook.jar");
        node = Nodes.start(home, home.resolve("data"), """
            sources:
              - {id: app, kind: server, write-keys: [shop-key]}
            destinations:
              - id: good
                plugin: webhook
                settings: {url: "http://127.0.0.1:%d/"}
                connections: [{source: app}]
              - id: troubled
                plugin: webhook
                settings: {url: "http://127.0.0.1:%d/"}
                connections: [{source: app}]
            """.formatted(good.port(), troubled.port()), """
            delivery: {http: {request-timeout: 1s}, breaker: {reset: 500ms}, retry: {backoff: 50ms, backoff-max: 200ms}}
            """);
        token = node.owner().fresh().orElseThrow();
    }

    @AfterEach
    void stop() {
        node.close();
        good.close();
        troubled.close();
    }

    @Test
    void theBooksBalanceWhateverHappensToEvents() throws Exception {
        troubled.answerWith(request -> request.response().setStatusCode(400).end());

        for (int i = 0; i < 50; i++) {
            send("m" + i, "u" + i % 7);
        }
        send("m1", "u1");
        post("/v1/track", "{\"writeKey\":\"shop-key\",\"event\":\"No ids\"}");
        post("/v1/track", "{\"writeKey\":\"nobody\",\"event\":\"X\",\"userId\":\"u\"}");

        assertThat(good.awaitMessageIds(messageIds(50), PATIENCE)).isEmpty();
        await(() -> metric("segmentdo_delivery_dead_total{destination=\"shop/troubled\"}") == 50);
        await(() -> metric("segmentdo_spool_depth_events") == 0);
        assertThat(metric("segmentdo_identity_identified_events_total{source=\"shop/app\"}"))
                .isEqualTo(50);
        assertThat(metric("segmentdo_ledger_imbalance_events{account=\"intake\"}"))
                .isZero();
        await(() -> metric("segmentdo_delivery_ledger_difference{destination=\"shop/good\"}") == 0);
        await(() -> metric("segmentdo_delivery_ledger_difference{destination=\"shop/troubled\"}") == 0);
        String discards = get("/v1/discards", token).body();
        assertThat(discards).contains("duplicate", "no_user_anon_id", "unknown_source");
        readFromTheWarehouse();
        // everything has happened once by now, so every meter is there
        writeReference(
                "metrics",
                "# Metrics\n\nAll meters of the platform itself, as `/metrics` has them. Made by a test.\n\n"
                        + MetricsReference.markdown(node.meters()));
    }

    @Test
    void theReferenceOfTheApiIsThatOfTheNode() throws Exception {
        writeReference("api", ApiReference.markdown(node.routes()));
    }

    private void readFromTheWarehouse() throws Exception {
        String count = owned("/v1/warehouse/query", "{\"sql\": \"SELECT count(*) AS n FROM events\", \"fresh\": true}");
        assertThat(count).contains("\"rows\":[{\"n\":50}]");
        owned("/v1/replay", "{\"workspace\": \"shop\", \"destination\": \"good\", \"where\": \"message_id = 'm1'\"}");
        await(() -> metric("segmentdo_delivery_replayed_total{destination=\"shop/good\",outcome=\"delivered\"}") == 1);
    }

    @Test
    void destinationsAreShownAndAskedByRest() throws Exception {
        troubled.answerWith(request -> request.response().setStatusCode(401).end());
        send("m1", "u1");
        await(() ->
                get("/v1/workspaces/shop/destinations/troubled", token).body().contains("\"state\":\"unauthorized\""));

        assertThat(get("/health", token).body()).contains("shop/troubled is UNAUTHORIZED: HTTP 401");
        assertThat(get("/v1/workspaces/shop/destinations", token).body())
                .contains("\"id\":\"good\"", "\"state\":\"running\"", "\"reason\":\"HTTP 401");
        assertThat(owned("/v1/workspaces/shop/destinations/good/test", "{}")).contains("\"credentials\":\"unknown\"");
        assertThat(owned("/v1/workspaces/shop/destinations/good/delete-user", "{\"userId\":\"u1\"}"))
                .contains("\"deleted\":false", "does not delete users");
        troubled.answerWith(request -> request.response().setStatusCode(200).end());
        assertThat(owned("/v1/workspaces/shop/destinations/troubled/resume", "{}"))
                .contains("true");
        assertThat(troubled.awaitMessageIds(Set.of("m1"), PATIENCE)).isEmpty();
        assertThat(get("/v1/workspaces/shop/destinations/nobody", token).statusCode())
                .isEqualTo(404);
    }

    private String owned(String path, String body) {
        HttpResponse<String> answer = exchange(request(path)
                .header("Authorization", "Bearer " + token)
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return answer.body();
    }

    private static void writeReference(String name, String expected) throws Exception {
        Path page = Path.of("../docs/" + name + ".md");
        if (System.getProperty("reference.update") != null) {
            Files.writeString(page, expected);
        }
        assertThat(page).content().isEqualTo(expected);
    }

    @Test
    void deadLettersAreListedAndReplayed() throws Exception {
        troubled.answerWith(request -> request.response().setStatusCode(400).end());
        send("m1", "u1");
        await(() -> metric("segmentdo_delivery_dead_total{destination=\"shop/troubled\"}") == 1);
        String path = "/v1/workspaces/shop/destinations/troubled/dead-letters";

        JsonNode listed = MAPPER.readTree(get(path, token).body());
        troubled.answerWith(request -> request.response().end());
        HttpResponse<String> replayed = client.send(
                request(path + "/replay")
                        .header("Authorization", "Bearer " + token)
                        .POST(HttpRequest.BodyPublishers.ofString("{\"all\":true}"))
                        .build(),
                HttpResponse.BodyHandlers.ofString());

        assertThat(listed.toString()).contains("m1", "400");
        assertThat(replayed.statusCode()).as(replayed.body()).isEqualTo(200);
        assertThat(troubled.awaitMessageIds(Set.of("m1"), PATIENCE)).isEmpty();
    }

    @Test
    void onlyTheOwnerMayAskWhatIsNotTrackingOrHealth() throws Exception {
        assertThat(get("/health", "").statusCode()).isEqualTo(200);
        assertThat(get("/v1/workspaces", "").statusCode()).isEqualTo(401);
        assertThat(get("/v1/workspaces", "wrong").statusCode()).isEqualTo(401);
        assertThat(get("/v1/workspaces/shop/destinations/good/dead-letters", "").statusCode())
                .isEqualTo(401);
        assertThat(get("/v1/workspaces", token).statusCode()).isEqualTo(200);
        assertThat(get("/nowhere", token).statusCode()).isEqualTo(404);
    }

    @Test
    void aChangedWorkspaceIsInForceWithoutARestartAndABrokenOneIsRefused() throws Exception {
        Path file = home.resolve("config/workspaces/shop.yaml");
        String before = Files.readString(file);

        Files.writeString(file, before.replace("shop-key", "shop-key, second-key"));
        await(() -> accepted("second-key"));
        Files.writeString(file, before.replace("kind: server", "kind: toaster"));
        await(() -> get("/health", "").body().contains("toaster"));

        assertThat(accepted("second-key")).isTrue();
        assertThat(get("/health", "").body()).contains("shop.yaml");
    }

    private boolean accepted(String writeKey) {
        double before = metric("segmentdo_collect_accepted_events_total{source=\"shop/app\"}");
        post("/v1/track", "{\"writeKey\":\"%s\",\"event\":\"X\",\"userId\":\"u\"}".formatted(writeKey));
        return metric("segmentdo_collect_accepted_events_total{source=\"shop/app\"}") > before;
    }

    private void send(String messageId, String userId) {
        HttpResponse<String> response = post("/v1/track", """
            {"writeKey":"shop-key","messageId":"%s","userId":"%s","event":"Bought"}\
            """.formatted(messageId, userId));
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).isEqualTo("{\"success\":true}");
    }

    private static Set<String> messageIds(int count) {
        return IntStream.range(0, count).mapToObj(i -> "m" + i).collect(Collectors.toSet());
    }

    private double metric(String name) {
        return get("/metrics", token)
                .body()
                .lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .findFirst()
                .orElse(Double.NaN);
    }

    private HttpResponse<String> get(String path, String bearer) {
        HttpRequest.Builder request = request(path);
        if (!bearer.isEmpty()) {
            request.header("Authorization", "Bearer " + bearer);
        }
        return exchange(request.build());
    }

    private HttpResponse<String> post(String path, String body) {
        return exchange(
                request(path).POST(HttpRequest.BodyPublishers.ofString(body)).build());
    }

    private HttpResponse<String> exchange(HttpRequest request) {
        try {
            return client.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + node.port() + path))
                .timeout(PATIENCE);
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("still waiting").isLessThan(deadline);
            Thread.sleep(20);
        }
    }
}
