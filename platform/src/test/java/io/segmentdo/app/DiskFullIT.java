package io.segmentdo.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.segmentdo.plugin.PluginJars;
import io.segmentdo.spool.SmallDisk;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole node on a disk that fills up: senders are told to come again, and what they were told before holds. */
class DiskFullIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String PADDING = "x".repeat(20_000);

    @TempDir
    Path home;

    private final HttpClient client = HttpClient.newHttpClient();
    private final Set<String> acknowledged = new HashSet<>();

    @Test
    void beforeTheDiskIsFullSendersAreAskedToComeAgainAndItHealsByItself() throws Exception {
        run("16MiB", 8 << 20, "503 overloaded");
    }

    @Test
    void evenWhenTheDiskIsFullToTheLastByteNothingAcknowledgedIsLostAndItHealsByItself() throws Exception {
        run("0B", 0, "503 storage_failed");
    }

    private void run(String minFreeDisk, long bytesLeft, String expected) throws Exception {
        try (SmallDisk disk = SmallDisk.mount(home.resolve("disk"), 96);
                RecordingSink sink = RecordingSink.open();
                Node node = start(disk.path().resolve("data"), minFreeDisk, sink.port())) {
            assertThat(sendUntilRefused(node, "before", 50)).isEmpty();
            Path ballast = disk.path().resolve("ballast");

            disk.fill(ballast, bytesLeft);
            String refusal = sendUntilRefused(node, "during", 10_000);
            String health = get(node, "/health");
            String again = send(node, "meanwhile");
            Files.delete(ballast);
            awaitAccepted(node);
            String after = sendUntilRefused(node, "after", 50);

            assertThat(refusal).isEqualTo(expected);
            assertThat(again).startsWith("503 ");
            assertThat(health).contains("\"ready\":false");
            assertThat(after).isEmpty();
            assertThat(sink.awaitMessageIds(acknowledged, PATIENCE)).isEmpty();
        }
    }

    private Node start(Path data, String minFreeDisk, int sinkPort) throws IOException {
        PluginJars.webhook(Files.createDirectories(home.resolve("plugins")), "webhook.jar");
        return Nodes.start(
                home,
                data,
                """
                sources:
                  - {id: app, kind: server, write-keys: [shop-key]}
                destinations:
                  - id: sink
                    plugin: webhook
                    settings: {url: "http://127.0.0.1:%d/"}
                    connections: [{source: app}]
                """.formatted(sinkPort),
                "spool: {min-free-disk: %s, write-buffer: 1MiB}".formatted(minFreeDisk));
    }

    /** Sends events one after another; answers the first refusal with its code, or nothing. */
    private String sendUntilRefused(Node node, String prefix, int count) throws Exception {
        for (int i = 0; i < count; i++) {
            String answer = send(node, prefix + "-" + i);
            if (!answer.isEmpty()) {
                return answer;
            }
        }
        return "";
    }

    private void awaitAccepted(Node node) throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        for (int i = 0; !send(node, "again-" + i).isEmpty(); i++) {
            assertThat(System.nanoTime()).as("still refused").isLessThan(deadline);
            Thread.sleep(50);
        }
    }

    /** Nothing when it is acknowledged; otherwise status and code. */
    private String send(Node node, String messageId) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + node.port() + "/v1/track"))
                .timeout(PATIENCE)
                .POST(HttpRequest.BodyPublishers.ofString("""
                    {"writeKey":"shop-key","messageId":"%s","userId":"u","event":"Bought","properties":{"x":"%s"}}\
                    """.formatted(messageId, PADDING)))
                .build();
        HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() == 200) {
            acknowledged.add(messageId);
            return "";
        }
        assertThat(answer.headers().firstValueAsLong("Retry-After").orElse(0)).isPositive();
        String code = answer.body().replaceAll(".*\"code\":\"([^\"]*)\".*", "$1");
        return answer.statusCode() + " " + code;
    }

    private String get(Node node, String path) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + node.port() + path))
                .build();
        return client.send(request, HttpResponse.BodyHandlers.ofString()).body();
    }
}
