package io.segmentdo.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.segmentdo.config.ConfigLoader;
import io.segmentdo.config.Loaded;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example project of docs/writing-a-destination.md, built as a third party would and dropped into a running node. */
class ExampleDestinationIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path home;

    private final RecordingSink coded = RecordingSink.open();
    private final RecordingSink declared = RecordingSink.open();
    private Path plugins;
    private Node node;

    @BeforeEach
    void start() throws IOException {
        Path config = home.resolve("config");
        plugins = Files.createDirectories(home.resolve("plugins"));
        Path workspaces = Files.createDirectories(config.resolve("workspaces"));
        Files.writeString(workspaces.resolve("shop.yaml"), """
            sources:
              - {id: app, kind: server, write-keys: [shop-key]}
            destinations:
              - id: coded
                plugin: acme-java
                settings: {url: "http://127.0.0.1:%d/", apiKey: k}
                connections: [{source: app}]
              - id: declared
                plugin: acme
                settings: {url: "http://127.0.0.1:%d/", apiKey: k}
                connections: [{source: app, subscriptions: [{trigger: 'type = "track"', action: event}]}]
            """.formatted(coded.port(), declared.port()));
        Files.writeString(
                config.resolve("platform.yaml"),
                "plugins: {folders: [\"%s\"], poll-interval: 50ms}\n".formatted(plugins));
        Loaded<PlatformConfig> loaded = new ConfigLoader(Map.of(), config)
                .load(
                        PlatformConfig.class,
                        config.resolve("platform.yaml"),
                        Map.of("app.data-directory", home.resolve("data").toString(), "http.port", "0"));
        node = Node.start(loaded, config, List.of());
    }

    @AfterEach
    void stop() {
        node.close();
        coded.close();
        declared.close();
    }

    @Test
    void aJarWithBothKindsAndAFileAreDroppedIntoARunningNode() throws Exception {
        send("m1");

        Files.move(new ExampleProject(home).jar(), plugins.resolve("acme.jar"), StandardCopyOption.ATOMIC_MOVE);

        assertThat(declared.awaitMessageIds(Set.of("m1"), PATIENCE)).isEmpty();
        assertThat(coded.awaitMessageIds(Set.of("m1"), PATIENCE)).isEmpty();

        Files.delete(plugins.resolve("acme.jar"));
        Path file = home.resolve("acme.yaml.new");
        Files.copy(ExampleProject.SOURCE.resolve("src/main/resources/META-INF/segmentdo/acme.yaml"), file);
        Files.move(file, plugins.resolve("acme.yaml"), StandardCopyOption.ATOMIC_MOVE);
        send("m2");

        assertThat(declared.awaitMessageIds(Set.of("m2"), PATIENCE)).isEmpty();
    }

    private void send(String messageId) throws Exception {
        String body = """
            {"writeKey": "shop-key", "messageId": "%s", "userId": "u", "event": "Bought"}\
            """.formatted(messageId);
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpResponse<String> answer = client.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + node.port() + "/v1/track"))
                            .header("Content-Type", "application/json")
                            .POST(HttpRequest.BodyPublishers.ofString(body))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        }
    }
}
