package io.segmentdo.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.segmentdo.config.ConfigLoader;
import io.segmentdo.control.ControlConfig;
import io.segmentdo.control.DestinationRules;
import io.segmentdo.control.Workspaces;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class CommandLineTest {
    @TempDir
    Path dir;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void aConfigurationThatDoesNotHoldIsExplainedAndEndsWithTwo() throws IOException {
        Files.writeString(dir.resolve("platform.yaml"), "http:\n  port: 99999\n  hots: x\n");

        int code = run(
                "up", "--config", dir.toString(), "--data", dir.resolve("data").toString());

        assertThat(code).isEqualTo(2);
        assertThat(err.toString())
                .contains(dir.resolve("platform.yaml") + ":2: http.port: 99999 (expected: 0 to 65535)")
                .contains("http.hots: is not known (did you mean host?)");
        assertThat(dir.resolve("data")).doesNotExist();
    }

    @Test
    void aQueryIsPrintedAsATableAndAMistakeIsPointedAt() throws IOException {
        HttpServer node = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        node.createContext("/v1/warehouse/query", exchange -> {
            String asked = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            boolean isRight = asked.equals("{\"sql\":\"SELECT event, n\",\"format\":\"json\",\"workspace\":\"shop\","
                    + "\"asOf\":\"2026-05-01\",\"fresh\":true,\"limits\":{\"rows\":2}}");
            String answer = isRight ? """
                    {"columns": [{"name": "event"}, {"name": "n"}], "rowCount": 2, "truncated": true,
                     "rows": [{"event": "Order Completed", "n": 10}, {"event": null, "n": 7}]}""" : """
                    {"error": {"message": "there is no column nothing", "line": 2, "column": 3}}""";
            byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(isRight ? 200 : 400, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        node.start();
        String url = "http://127.0.0.1:" + node.getAddress().getPort();
        try {
            String[] options = {"--url", url, "--token", "t", "--workspace", "shop", "--as-of", "2026-05-01"};
            List<String> right = new ArrayList<>(List.of("query", "SELECT event, n", "--fresh", "--rows", "2"));
            right.addAll(List.of(options));

            assertThat(run(right.toArray(String[]::new))).isZero();
            assertThat(out.toString()).isEqualToNormalizingNewlines("""
                    event            n
                    ---------------  --
                    Order Completed  10
                                     7
                    2 rows
                    """);
            assertThat(err.toString()).contains("There are more rows");

            assertThat(run("query", "SELECT event,\n  nothing", "--url", url, "--token", "t"))
                    .isEqualTo(1);
            assertThat(err.toString()).contains("there is no column nothing", "  nothing\n  ^");
        } finally {
            node.stop(0);
        }
    }

    @Test
    void profilesAreShownAndRulesAreTriedOnARunningNode() throws IOException {
        HttpServer node = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        node.createContext("/", exchange -> {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            String asked = exchange.getRequestMethod() + " " + exchange.getRequestURI() + " " + body;
            byte[] bytes = new JsonObject().put("asked", asked).toBuffer().getBytes();
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        node.start();
        String url = "http://127.0.0.1:" + node.getAddress().getPort();
        Path rules = Files.writeString(dir.resolve("rules.yaml"), "limit: 3");
        try {
            assertThat(run("profile", "email:a+b@c.example", "--with", "user_id:u", "--url", url, "--token", "t"))
                    .isZero();
            assertThat(run(
                            "identity",
                            "dry-run",
                            rules.toString(),
                            "--workspace",
                            "shop",
                            "--url",
                            url,
                            "--token",
                            "t"))
                    .isZero();
        } finally {
            node.stop(0);
        }
        assertThat(out.toString())
                .contains("GET /v1/workspaces/demo/profiles/email%3Aa%2Bb%40c.example/why?with=user_id%3Au")
                .contains("POST /v1/workspaces/shop/identity/dry-run limit: 3");
        assertThat(run("identity")).isEqualTo(2);
    }

    @Test
    void destinationsAreShownAndAskedOfARunningNode() throws IOException {
        HttpServer node = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        Map<String, String> answers = Map.of(
                "GET /v1/workspaces/shop/destinations",
                "{\"destinations\":[{\"id\":\"crm\",\"state\":\"unauthorized\",\"reason\":\"HTTP 401\"}]}",
                "POST /v1/workspaces/shop/destinations/crm/test",
                "{\"credentials\":\"refused\",\"reason\":\"HTTP 401\"}",
                "POST /v1/workspaces/shop/destinations/crm/delete-user",
                "{\"deleted\":true}");
        node.createContext("/", exchange -> {
            String answer = answers.getOrDefault(
                    exchange.getRequestMethod() + " " + exchange.getRequestURI(),
                    "{\"error\":{\"message\":\"there is no destination\"}}");
            byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
            boolean isOwner = "Bearer t".equals(exchange.getRequestHeaders().getFirst("Authorization"));
            exchange.sendResponseHeaders(isOwner && !answer.contains("error") ? 200 : 404, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        node.start();
        String url = "http://127.0.0.1:" + node.getAddress().getPort();
        try {
            assertThat(run("destinations", "--workspace", "shop", "--url", url, "--token", "t"))
                    .isZero();
            assertThat(run("destinations", "test", "shop/crm", "--url", url, "--token", "t"))
                    .isEqualTo(1);
            assertThat(run("destinations", "delete-user", "shop/crm", "--user-id", "u", "--url", url, "--token", "t"))
                    .isZero();
            assertThat(run("destinations", "resume", "shop/nobody", "--url", url, "--token", "t"))
                    .isEqualTo(1);
            assertThat(run("destinations", "resume", "shop/crm", "--url", url)).isEqualTo(2);
        } finally {
            node.stop(0);
        }
        assertThat(out.toString()).contains("crm", "unauthorized", "HTTP 401", "credentials: refused", "deleted: true");
        assertThat(err.toString()).contains("there is no destination", "There is no owner token");
    }

    @Test
    void theDoctorSaysWhatANodeSays() throws IOException {
        HttpServer node = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        byte[] health = """
                {"status":"not_ready","ready":false,"reasons":["spool: The disk is full"]}""".getBytes(StandardCharsets.UTF_8);
        node.createContext("/health", exchange -> {
            exchange.sendResponseHeaders(503, health.length);
            exchange.getResponseBody().write(health);
            exchange.close();
        });
        node.start();
        try {
            int code = run(
                    "doctor",
                    "--data",
                    dir.toString(),
                    "--url",
                    "http://127.0.0.1:" + node.getAddress().getPort());

            assertThat(code).isEqualTo(1);
            assertThat(out.toString())
                    .contains("is not_ready and takes no events now", "BAD   spool: The disk is full")
                    .contains("ok    Java", "a write is durable after");
        } finally {
            node.stop(0);
        }
    }

    @Test
    void theDoctorNoticesAPortThatIsTaken() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThat(MachineCheck.port("127.0.0.1", taken.getLocalPort()).text())
                    .contains("is taken");
        }
    }

    @Test
    void theDoctorNoticesAClockThatWasNeverSet() {
        assertThat(MachineCheck.clock(Instant.EPOCH).grade()).isEqualTo(Finding.Grade.BAD);
    }

    @Test
    void aNodeThatDoesNotAnswerIsSaidSo() throws IOException {
        int port;
        try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = closed.getLocalPort();
        }

        int code = run("doctor", "--data", dir.toString(), "--url", "http://127.0.0.1:" + port);

        assertThat(code).isEqualTo(1);
        assertThat(out.toString()).contains("Nothing answers at");
    }

    @Test
    void theSinkPrintsALinePerEvent() throws Exception {
        Instant now = Instant.parse("2026-01-01T00:00:01Z");
        try (DemoSink sink = DemoSink.open(new PrintWriter(out), () -> now);
                HttpClient http = HttpClient.newHttpClient()) {
            JsonObject event = new JsonObject()
                    .put("type", "track")
                    .put("event", "Signed Up")
                    .put("userId", "u1")
                    .put("receivedAt", "2026-01-01T00:00:00.996Z");
            HttpRequest request = HttpRequest.newBuilder(URI.create(sink.url()))
                    .timeout(Duration.ofSeconds(60))
                    .POST(HttpRequest.BodyPublishers.ofString("[" + event + "," + event + "]"))
                    .build();

            http.send(request, HttpResponse.BodyHandlers.discarding());
        }

        assertThat(out.toString().lines())
                .hasSize(2)
                .allSatisfy(
                        line -> assertThat(line).contains("track", "Signed Up", "u1", "4 ms after it was received"));
    }

    @Test
    void sendingWithoutADemoAsksForAWriteKeyAndMakesNothing() {
        int code = run("send", "--data", dir.resolve("absent").toString());

        assertThat(code).isEqualTo(2);
        assertThat(err.toString()).contains("expected: --write-key or --data");
        assertThat(dir.resolve("absent")).doesNotExist();
    }

    @Test
    void anAddressThatIsTakenIsExplained() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int code = run(
                    "up",
                    "--no-demo",
                    "--config",
                    dir.toString(),
                    "--data",
                    dir.resolve("data").toString(),
                    "--port",
                    Integer.toString(taken.getLocalPort()));

            assertThat(code).isEqualTo(1);
            assertThat(err.toString()).contains("expected: a free port; choose one with --port");
        }
    }

    @Test
    void theDemoKeepsItsWriteKey() throws IOException {
        String key = Demo.writeKey(dir);

        assertThat(key).hasSize(32);
        assertThat(Demo.writeKey(dir)).isEqualTo(key);
    }

    @Test
    void theExampleWorkspaceIsValid() {
        Path config = Path.of("..").toAbsolutePath().normalize().resolve("config");
        ConfigLoader loader = new ConfigLoader(Map.of("SHOP_WEBHOOK_SECRET", "s"), config);
        try (Workspaces examples = new Workspaces(
                config.resolve("examples"),
                () -> loader,
                DestinationRules.NONE,
                ControlConfig.DEFAULT,
                List.of(),
                list -> {})) {
            examples.start();

            assertThat(examples.current()).isNotEmpty();
        }
    }

    private int run(String... arguments) {
        CommandLine line = Main.commandLine();
        return line.setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
    }
}
