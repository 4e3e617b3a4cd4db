package io.segmentdo.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.segmentdo.api.Destination;
import io.segmentdo.config.ConfigLoader;
import io.segmentdo.config.Loaded;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The example project of docs/writing-a-destination.md, compiled against the plugin API alone and dropped into a running
 * node. The compiler is the JDK's: a Maven within Maven would cost more than it shows.
 */
class ExampleDestinationIT {
    private static final Path EXAMPLE = Path.of("..", "examples", "acme-destination", "src", "main");
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

        Files.move(exampleJar(), plugins.resolve("acme.jar"), StandardCopyOption.ATOMIC_MOVE);

        assertThat(declared.awaitMessageIds(Set.of("m1"), PATIENCE)).isEmpty();
        assertThat(coded.awaitMessageIds(Set.of("m1"), PATIENCE)).isEmpty();

        Files.delete(plugins.resolve("acme.jar"));
        Path file = home.resolve("acme.yaml.new");
        Files.copy(EXAMPLE.resolve("resources/META-INF/segmentdo/acme.yaml"), file);
        Files.move(file, plugins.resolve("acme.yaml"), StandardCopyOption.ATOMIC_MOVE);
        send("m2");

        assertThat(declared.awaitMessageIds(Set.of("m2"), PATIENCE)).isEmpty();
    }

    private Path exampleJar() throws IOException {
        Path classes = Files.createDirectories(home.resolve("classes"));
        String api = Destination.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .getPath();
        List<Path> sources;
        try (Stream<Path> found = Files.walk(EXAMPLE.resolve("java"))) {
            sources = found.filter(file -> file.toString().endsWith(".java")).toList();
        }
        StringWriter messages = new StringWriter();
        var compiler = ToolProvider.getSystemJavaCompiler();
        try (var files = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
            List<String> options = List.of("-d", classes.toString(), "-cp", api, "-proc:none");
            boolean compiled = compiler.getTask(
                            messages, files, null, options, null, files.getJavaFileObjectsFromPaths(sources))
                    .call();
            assertThat(compiled).as(messages.toString()).isTrue();
        }
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().putValue("Plugin-Id", "acme");
        manifest.getMainAttributes().putValue("Plugin-Version", "1.0.0");
        manifest.getMainAttributes().putValue("Plugin-Requires", ">=0.1.0 & <1.0.0");
        Path jar = home.resolve("acme.jar");
        try (OutputStream out = Files.newOutputStream(jar);
                JarOutputStream entries = new JarOutputStream(out, manifest)) {
            add(entries, classes);
            add(entries, EXAMPLE.resolve("resources"));
        }
        return jar;
    }

    private static void add(JarOutputStream entries, Path root) throws IOException {
        try (Stream<Path> found = Files.walk(root)) {
            for (Path file : found.filter(Files::isRegularFile).toList()) {
                entries.putNextEntry(
                        new JarEntry(root.relativize(file).toString().replace('\\', '/')));
                Files.copy(file, entries);
                entries.closeEntry();
            }
        }
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
