package io.segmentdo.control;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.segmentdo.config.ConfigLoader;
import io.segmentdo.identity.Colleagues;
import io.segmentdo.problem.PlatformException;
import io.segmentdo.problem.Problem;
import io.segmentdo.source.Source;
import io.segmentdo.source.SourceKind;
import io.segmentdo.telemetry.Discards;
import io.segmentdo.telemetry.DiscardsConfig;
import io.segmentdo.telemetry.Metrics;
import io.segmentdo.telemetry.TelemetryConfig;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ControlApiTest {
    @TempDir
    Path dir;

    private volatile Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private final Vertx vertx = Vertx.vertx();
    private final Metrics metrics = new Metrics(TelemetryConfig.DEFAULT);
    private final Discards discards = new Discards(metrics.registry(), DiscardsConfig.DEFAULT, () -> now);
    private final Health health = new Health();
    private final HttpClient http = HttpClient.newHttpClient();
    private String token;
    private int port;

    @BeforeEach
    void serve() throws Exception {
        OwnerToken owner = OwnerToken.open(dir);
        token = owner.fresh().orElseThrow();
        ControlConfig config = new ControlConfig(Duration.ofHours(1), 100, 3, ControlConfig.MetricsAccess.LOOPBACK);
        Source web = new Source("demo", "web", SourceKind.BROWSER, true, List.of("key"));
        Workspaces workspaces = new Workspaces(
                dir.resolve("workspaces"),
                () -> new ConfigLoader(Map.of(), dir),
                DestinationRules.NONE,
                config,
                List.of(Workspace.builtIn("demo", "Demo", List.of(web), List.of())),
                list -> {});
        workspaces.start();
        workspaces.close();
        Router router = Router.router(vertx);
        new ControlApi(
                        workspaces,
                        Map.of("http.port", "8080"),
                        health,
                        metrics,
                        new ApiGuard(owner, config, () -> now),
                        config)
                .mount(router);
        new DiscardsApi(discards, Colleagues.NONE).mount(router);
        router.get("/v1/full").handler(context -> {
            throw new PlatformException(Problem.STORAGE_FAILED, "The disk is full");
        });
        router.get("/v1/bug").handler(context -> {
            throw new IllegalStateException("with details");
        });
        port = vertx.createHttpServer()
                .requestHandler(router)
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .get(60, TimeUnit.SECONDS)
                .actualPort();
    }

    @AfterEach
    void stop() throws Exception {
        http.close();
        vertx.close().toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
        metrics.close();
    }

    @Test
    void withoutTheOwnerTokenTheApiIsClosed() throws Exception {
        HttpResponse<String> answer = request("/v1/workspaces");

        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(answer.headers().firstValue("WWW-Authenticate")).hasValue("Bearer realm=\"segment.do\"");
        assertThat(new JsonObject(answer.body()).getJsonObject("error").getString("code"))
                .isEqualTo("unauthorized");
    }

    @Test
    void theOwnerTokenOpensTheApiAsBearerAndAsBasic() throws Exception {
        String basic = Base64.getEncoder().encodeToString(("token:" + token).getBytes(UTF_8));

        HttpResponse<String> answer = request("/v1/workspaces", "Authorization", "Bearer " + token);

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(new JsonObject(answer.body())
                        .getJsonArray("workspaces")
                        .getJsonObject(0)
                        .getString("id"))
                .isEqualTo("demo");
        assertThat(request("/v1/workspaces", "Authorization", "Basic " + basic).statusCode())
                .isEqualTo(200);
    }

    @Test
    void whoKeepsGuessingHasToWait() throws Exception {
        for (int i = 0; i < 3; i++) {
            assertThat(request("/v1/config", "Authorization", "Bearer wrong" + i)
                            .statusCode())
                    .isEqualTo(401);
        }

        HttpResponse<String> held = request("/v1/config", "Authorization", "Bearer " + token);
        now = now.plusSeconds(61);

        assertThat(held.statusCode()).isEqualTo(429);
        assertThat(held.headers().firstValue("Retry-After")).hasValue("60");
        assertThat(request("/v1/config", "Authorization", "Bearer " + token).statusCode())
                .isEqualTo(200);
    }

    @Test
    void discardsAreListedWithTheirSamples() throws Exception {
        discards.count("demo/web", "not_json", 2);
        discards.count("demo/app", "too_big", 1);
        discards.sample("demo/web", "not_json", "unexpected end", "{\"a".getBytes(UTF_8));

        JsonObject all = new JsonObject(request("/v1/discards?source=demo/web", "Authorization", "Bearer " + token)
                .body());

        assertThat(all.getJsonArray("counts").size()).isEqualTo(1);
        assertThat(all.getJsonArray("counts").getJsonObject(0).getLong("events"))
                .isEqualTo(2);
        assertThat(all.getJsonArray("samples").getJsonObject(0).getString("excerpt"))
                .isEqualTo("{\"a");
        assertThat(request("/v1/discards?limit=0", "Authorization", "Bearer " + token)
                        .statusCode())
                .isEqualTo(400);
    }

    @Test
    void healthNamesWhatIsWrong() throws Exception {
        health.register("spool", () -> Health.Report.notReady("The disk is full"));
        health.register("delivery", () -> Health.Report.degraded("shop/hook does not answer"));

        HttpResponse<String> answer = request("/health");

        assertThat(answer.statusCode()).isEqualTo(503);
        JsonObject body = new JsonObject(answer.body());
        assertThat(body.getBoolean("live")).isTrue();
        assertThat(body.getBoolean("ready")).isFalse();
        assertThat(body.getJsonArray("reasons"))
                .isEqualTo(JsonArray.of("delivery: shop/hook does not answer", "spool: The disk is full"));
        assertThat(request("/health/live").statusCode()).isEqualTo(200);
        assertThat(request("/health/ready").statusCode()).isEqualTo(503);
    }

    @Test
    void aDegradedNodeStaysReadyAndADeadOneIsNotLive() throws Exception {
        health.register("delivery", () -> Health.Report.degraded("shop/hook does not answer"));
        assertThat(request("/health").statusCode()).isEqualTo(200);

        health.register("delivery", () -> Health.Report.dead("its thread is gone"));

        assertThat(request("/health/live").statusCode()).isEqualTo(503);
    }

    @Test
    void aCheckThatThrowsIsReportedRatherThanPassed() throws Exception {
        health.register("spool", () -> {
            throw new IllegalStateException("closed");
        });

        assertThat(request("/health").statusCode()).isEqualTo(503);
    }

    @Test
    void metricsAreOpenOnLoopbackUnlessAProxySpeaksForSomeoneElse() throws Exception {
        discards.count("demo/web", "not_json", 2);

        HttpResponse<String> open = request("/metrics");

        assertThat(open.statusCode()).isEqualTo(200);
        assertThat(open.body())
                .contains("segmentdo_discarded_events_total{reason=\"not_json\",source=\"demo/web\"} 2.0");
        assertThat(request("/metrics", "X-Forwarded-For", "203.0.113.9").statusCode())
                .isEqualTo(401);
    }

    @Test
    void everyFailureIsJsonWithTheStatusOfItsProblem() throws Exception {
        HttpResponse<String> unknown = request("/nothing/here");
        HttpResponse<String> full = request("/v1/full", "Authorization", "Bearer " + token);
        HttpResponse<String> bug = request("/v1/bug", "Authorization", "Bearer " + token);

        assertThat(unknown.statusCode()).isEqualTo(404);
        assertThat(new JsonObject(unknown.body()).getJsonObject("error").getString("message"))
                .isEqualTo("There is nothing at GET /nothing/here");
        assertThat(full.statusCode()).isEqualTo(503);
        assertThat(full.headers().firstValue("Retry-After")).isPresent();
        assertThat(bug.statusCode()).isEqualTo(500);
        assertThat(bug.body()).doesNotContain("with details");
    }

    private HttpResponse<String> request(String path, String... headers) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(Duration.ofSeconds(60));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
}
