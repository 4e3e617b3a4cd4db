package io.segmentdo.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Counter;
import io.segmentdo.config.ConfigLoader;
import io.segmentdo.config.Loaded;
import io.segmentdo.event.IdentifiedEvent;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The identity rules of a workspace's file, in a running node. */
class IdentityRulesIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path home;

    private final HttpClient client = HttpClient.newHttpClient();

    @Test
    void theRulesOfAWorkspaceAreInForceAndFollowItsFile() throws Exception {
        Path config = home.resolve("config");
        Path file = Files.createDirectories(config.resolve("workspaces")).resolve("shop.yaml");
        Files.writeString(file, workspace("first-key", "guest"));
        Files.writeString(config.resolve("platform.yaml"), "control: {reload-every: 100ms}\n");
        Loaded<PlatformConfig> loaded = new ConfigLoader(Map.of(), config)
                .load(
                        PlatformConfig.class,
                        config.resolve("platform.yaml"),
                        Map.of("app.data-directory", home.resolve("data").toString(), "http.port", "0"));
        try (Node node = Node.start(loaded, config, List.of())) {
            track(node, "first-key", "m1", "guest", "a1");
            track(node, "first-key", "m2", "guest", "a2");
            track(node, "first-key", "m3", "visitor", "a3");
            track(node, "first-key", "m4", "visitor", "a4");

            Files.writeString(file, workspace("second-key", "visitor"));
            while (accepted(node) == 4) {
                track(node, "second-key", "probe", "probe", "probe");
            }
            track(node, "second-key", "m5", "visitor", "a5");
            track(node, "second-key", "m6", "guest", "a6");
            track(node, "second-key", "m7", "guest", "a7");
        }

        Map<String, String> profiles = OutboxDump.of(home.resolve("data")).stream()
                .filter(entry -> entry.event().messageId().startsWith("m"))
                .collect(Collectors.toMap(entry -> entry.event().messageId(), IdentifiedEvent::profileId));
        assertThat(profiles.get("m1")).isNotEqualTo(profiles.get("m2"));
        assertThat(profiles.get("m3")).isEqualTo(profiles.get("m4")).isNotEqualTo(profiles.get("m5"));
        assertThat(profiles.get("m6")).isEqualTo(profiles.get("m7"));
    }

    private static String workspace(String writeKey, String nobody) {
        return """
                sources:
                  - {id: app, kind: server, write-keys: [%s]}
                identity:
                  blocked-values: [%s]
                """.formatted(writeKey, nobody);
    }

    /** Returns when the event is in the outbox. */
    private void track(Node node, String writeKey, String messageId, String user, String device)
            throws InterruptedException {
        String body = """
                {"writeKey": "%s", "event": "e", "messageId": "%s", "userId": "%s", "anonymousId": "%s"}
                """.formatted(writeKey, messageId, user, device);
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + node.port() + "/v1/track?ack=committed"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        await(() -> client.sendAsync(request, HttpResponse.BodyHandlers.ofString())
                        .join()
                        .statusCode()
                == 200);
    }

    /** Events whose write key was known. */
    private static double accepted(Node node) {
        return node.meters().find("segmentdo.collect.accepted").tag("source", "shop/app").counters().stream()
                .mapToDouble(Counter::count)
                .sum();
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("in time").isLessThan(deadline);
            Thread.sleep(20);
        }
    }
}
