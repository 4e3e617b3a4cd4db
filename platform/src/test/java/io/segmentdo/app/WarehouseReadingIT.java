package io.segmentdo.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.segmentdo.plugin.PluginJars;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Events through a whole node into the warehouse, and out of it again by SQL, export and replay. */
class WarehouseReadingIT {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path home;

    private final HttpClient client = HttpClient.newHttpClient();
    private final RecordingSink sink = RecordingSink.open();
    private Node node;
    private String token;

    @BeforeEach
    void start() throws Exception {
        PluginJars.webhook(Files.createDirectories(home.resolve("plugins")), "webhook.jar");
        node = Nodes.start(home, home.resolve("data"), """
            sources:
              - {id: app, kind: server, write-keys: [shop-key]}
            destinations:
              - id: crm
                plugin: webhook
                settings: {url: "http://127.0.0.1:%d/"}
                connections: [{source: app}]
            """.formatted(sink.port()), """
            warehouse: {query: {engines: {concurrent: 1, memory: 128MiB}}}
            """);
        token = node.owner().fresh().orElseThrow();
        for (int i = 0; i < 20; i++) {
            send("m" + i, i % 2 == 0 ? "Order Completed" : "Product Viewed", i);
        }
    }

    @AfterEach
    void stop() {
        node.close();
        sink.close();
    }

    @Test
    void eventsAreQueriedExportedAndReplayed() throws Exception {
        JsonNode result = query("""
            {"fresh": true, "sql": "SELECT event, count(*) as count, avg(revenue) as avgRevenue FROM events WHERE timestamp > now() - INTERVAL 7 DAY GROUP BY event ORDER BY count DESC, event"}""");

        assertThat(result.path("rows").toString())
                .isEqualTo("[{\"event\":\"Order Completed\",\"count\":10,\"avgRevenue\":9.0},"
                        + "{\"event\":\"Product Viewed\",\"count\":10,\"avgRevenue\":10.0}]");
        assertThat(query("{\"sql\": \"SELECT count(DISTINCT profile_id) AS n FROM order_completed\"}")
                        .path("rows")
                        .toString())
                .isEqualTo("[{\"n\":3}]");
        exportsAreFiles();
        replaysReachTheDestination();
    }

    private void exportsAreFiles() throws Exception {
        JsonNode begun = json(post("/v1/warehouse/export", """
            {"workspace": "shop", "format": "csv", "destination": "all", "where": "revenue > 9"}"""));
        String path = "/v1/warehouse/exports/" + begun.path("id").asText();
        await(() -> json(get(path)).path("state").asText().equals("done"));

        assertThat(json(get(path)).path("rows").asLong()).isEqualTo(10);
        assertThat(home.resolve("data/exports/all/_manifest.json")).exists();
        assertThat(post("/v1/warehouse/export", """
            {"workspace": "shop", "destination": "../out"}""").statusCode()).isEqualTo(400);
    }

    private void replaysReachTheDestination() throws Exception {
        Set<String> orders = IntStream.range(0, 10).mapToObj(i -> "m" + 2 * i).collect(Collectors.toSet());
        assertThat(sink.awaitMessageIds(
                        IntStream.range(0, 20).mapToObj(i -> "m" + i).collect(Collectors.toSet()), PATIENCE))
                .isEmpty();
        String wish = "{\"workspace\": \"shop\", \"destination\": \"crm\", \"where\": \"event = 'Order Completed'\"%s}";

        assertThat(json(post("/v1/replay", wish.formatted(", \"dryRun\": true")))
                        .path("events")
                        .asLong())
                .isEqualTo(10);
        JsonNode begun = json(post("/v1/replay", wish.formatted("")));
        String path = "/v1/replay/" + begun.path("id").asLong();
        await(() -> json(get(path)).path("state").asText().equals("done"));
        await(() -> get("/metrics")
                .body()
                .contains("segmentdo_delivery_replayed_total{destination=\"shop/crm\",outcome=\"delivered\"} 10.0"));

        assertThat(sink.awaitMessageIds(orders, PATIENCE)).isEmpty();
        assertThat(json(get(path)).path("handedOver").asLong()).isEqualTo(10);
    }

    @Test
    void whatDoesNotGoWellIsExplained() throws Exception {
        HttpResponse<String> wrong =
                post("/v1/warehouse/query", "{\"sql\": \"SELECT event,\\n  nothing FROM events\"}");
        assertThat(wrong.statusCode()).isEqualTo(400);
        JsonNode error = MAPPER.readTree(wrong.body()).path("error");
        assertThat(error.path("reason").asText()).isEqualTo("meaning");
        assertThat(error.path("line").asInt()).isEqualTo(2);
        assertThat(error.path("column").asInt()).isEqualTo(3);

        assertThat(post("/v1/warehouse/query", "{\"sql\": \"COPY events TO 'x'\"}")
                        .body())
                .contains("refused");
        assertThat(post("/v1/warehouse/query", "{\"sql\": \"SELECT 1\", \"limit\": 5}")
                        .body())
                .contains("limit: unknown (expected: asOf, format");
        assertThat(post("/v1/warehouse/query", "{\"sql\": \"SELECT 1\", \"workspace\": \"none\"}")
                        .statusCode())
                .isEqualTo(404);
        assertThat(post("/v1/warehouse/query", "{\"sql\": 5}").statusCode()).isEqualTo(400);
        assertThat(client.send(
                                request("/v1/warehouse/query")
                                        .POST(HttpRequest.BodyPublishers.ofString("{\"sql\": \"SELECT 1\"}"))
                                        .build(),
                                HttpResponse.BodyHandlers.ofString())
                        .statusCode())
                .isEqualTo(401);
        assertThat(post(
                                "/v1/warehouse/query",
                                "{\"sql\": \"SELECT count(*) FROM range(100000000000)\", \"limits\": {\"seconds\": 0.5}}")
                        .statusCode())
                .isEqualTo(422);
    }

    @Test
    void aQueryThatRunsIsListedHoldsItsPlaceAndCanBeEnded() throws Exception {
        CompletableFuture<HttpResponse<String>> slow = CompletableFuture.supplyAsync(() -> post(
                "/v1/warehouse/query", "{\"id\": \"slow\", \"sql\": \"SELECT count(*) FROM range(1000000000000)\"}"));
        await(() -> get("/v1/warehouse/queries").body().contains("\"slow\""));

        assertThat(post("/v1/warehouse/query", "{\"sql\": \"SELECT 1\"}").statusCode())
                .isEqualTo(429);
        assertThat(exchange(request("/v1/warehouse/queries/slow").DELETE()).statusCode())
                .isEqualTo(200);

        assertThat(slow.get().statusCode()).as(slow.get().body()).isEqualTo(409);
        await(() -> post("/v1/warehouse/query", "{\"sql\": \"SELECT 1\"}").statusCode() == 200);
    }

    private JsonNode query(String body) throws IOException {
        HttpResponse<String> answer = post("/v1/warehouse/query", body);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return MAPPER.readTree(answer.body());
    }

    private void send(String messageId, String event, int number) {
        HttpResponse<String> answer = post("/v1/track", """
            {"writeKey": "shop-key", "messageId": "%s", "userId": "u%d", "event": "%s", "properties": {"revenue": %d}}""".formatted(messageId, number % 3, event, number));
        assertThat(answer.statusCode()).isEqualTo(200);
    }

    private static JsonNode json(HttpResponse<String> answer) throws IOException {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return MAPPER.readTree(answer.body());
    }

    private HttpResponse<String> get(String path) {
        return exchange(request(path).GET());
    }

    private HttpResponse<String> post(String path, String body) {
        return exchange(request(path)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    private HttpResponse<String> exchange(HttpRequest.Builder request) {
        try {
            return client.send(
                    request.header("Authorization", "Bearer " + token).build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + node.port() + path))
                .timeout(PATIENCE);
    }

    private static void await(Callable<Boolean> condition) throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.call()) {
            assertThat(System.nanoTime()).as("deadline").isLessThan(deadline);
            Thread.sleep(20);
        }
    }
}
