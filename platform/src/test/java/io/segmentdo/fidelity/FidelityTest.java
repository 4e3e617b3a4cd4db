package io.segmentdo.fidelity;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.segmentdo.connector.DeclaredDestination;
import io.segmentdo.plugin.Plugins;
import io.segmentdo.plugin.PluginsConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FidelityTest {
    private static final String CONNECTOR = """
            id: acme
            segment:
              acme-cloud:
                settings: {apiKey: {"@path": "$.settings.key"}}
                actions: {trackEvent: track}
            settings: {apiKey: {type: secret, required: true}}
            auth: {bearer: {"@settings": apiKey}}
            actions:
              - name: track
                subscribe: 'type = "track"'
                fields: {name: {type: text, required: true, default: {"@path": "$.event"}}, n: {}}
                request:
                  url: "https://api.acme.example/track?v=1"
                  body: {json: {name: {"@field": name}, at: {"@event": timestamp}, n: {"@field": n}}}
            """;

    @TempDir
    Path root;

    private Path plugins;
    private Path vectors;

    @BeforeEach
    void open() throws IOException {
        plugins = Files.createDirectory(root.resolve("plugins"));
        vectors = Files.createDirectories(root.resolve("vectors/destinations"));
        Files.writeString(plugins.resolve("acme.yaml"), CONNECTOR);
    }

    @Test
    void aRequestLikeTheRecordedOnePasses() throws IOException {
        vectors(List.of(
                vector("one", request("Bearer k", Map.of("name", "Bought", "at", "whenever", "n", 1.0)), Map.of())));

        assertThat(replay()).containsExactly(new Score("acme-cloud", 1, List.of()));
    }

    @Test
    void whatDiffersIsTold() throws IOException {
        vectors(List.of(
                vector("body", request("Bearer k", Map.of("name", "Sold", "at", "x", "n", 1, "more", true)), Map.of()),
                vector("header", request("Bearer other", Map.of("name", "Bought", "at", "x", "n", 1)), Map.of()),
                vector(
                        "fails",
                        request("Bearer k", Map.of("name", "Bought", "at", "x", "n", 1)),
                        Map.of("expectedError", Map.of("name", "Bad"))),
                vector("none", null, Map.of()),
                vector("action", request("Bearer k", Map.of()), Map.of("action", "unheardOf"))));

        Score score = replay().getFirst();

        assertThat(score.passed()).isZero();
        assertThat(score.misses())
                .extracting(Score.Miss::id)
                .containsExactly("body", "header", "fails", "none", "action");
        assertThat(score.misses().get(0).difference())
                .contains("/0/body/name: expected Sold, was Bought")
                .contains("/0/body/more: expected true, was nothing");
        assertThat(score.misses().get(1).difference()).contains("/0/headers/authorization");
        assertThat(score.misses().get(2).difference()).contains("expected a failure");
        assertThat(score.misses().get(3).difference()).contains("expected 0 requests[], were 1");
        assertThat(score.misses().get(4).difference()).contains("there is no action unheardOf");
    }

    @Test
    void anEventThatIsRefusedAsRecordedPasses() throws IOException {
        Map<String, Object> refused =
                Map.of("expectedError", Map.of("name", "AggregateAjvError"), "events", List.of(Map.of()));
        vectors(List.of(vector("refused", null, refused)));

        assertThat(replay()).containsExactly(new Score("acme-cloud", 1, List.of()));
    }

    @Test
    void anUnknownSlugAndAFileThatIsNoneCountAsNothingPassed() throws IOException {
        vectors(List.of(vector("one", null, Map.of())));
        Files.move(vectors.resolve("acme-cloud.json"), vectors.resolve("unknown.json"));
        Files.writeString(vectors.resolve("noise.json.gz"), "noise");

        assertThat(replay())
                .extracting(score -> score.slug() + " " + score.passed() + " " + score.total())
                .containsExactly("noise 0 0", "unknown 0 1");
    }

    private static Map<String, Object> request(String authorization, Map<String, Object> body) {
        return Map.of(
                "method",
                "POST",
                "url",
                "https://api.acme.example/track?v=1",
                "headers",
                Map.of("authorization", authorization, "content-type", "application/json", "user-agent", "x"),
                "bodyType",
                "json",
                "body",
                body,
                "mockResponse",
                Map.of("status", 200, "body", Map.of()));
    }

    private static Map<String, Object> vector(
            String id, @Nullable Map<String, Object> request, Map<String, Object> more) {
        Map<String, Object> vector = new HashMap<>(Map.of(
                "id",
                id,
                "kind",
                "single",
                "action",
                "trackEvent",
                "settings",
                Map.of("key", "k"),
                "mapping",
                Map.of("name", Map.of("@path", "$.event"), "n", 1),
                "events",
                List.of(Map.of("type", "track", "event", "Bought", "timestamp", "2026-01-02T03:04:05Z")),
                "expected",
                request == null ? List.of() : List.of(request),
                "volatilePaths",
                List.of("/0/body/at"),
                "nowMs",
                1_795_449_022_532L));
        vector.putAll(more);
        return vector;
    }

    private void vectors(List<Map<String, Object>> all) throws IOException {
        new ObjectMapper().writeValue(vectors.resolve("acme-cloud.json").toFile(), Map.of("vectors", all));
    }

    private List<Score> replay() {
        List<Score> scores = new ArrayList<>();
        try (Plugins installed = Plugins.open(
                PluginsConfig.DEFAULT.in(List.of(plugins.toString())),
                root.resolve("copies"),
                DeclaredDestination::read,
                new SimpleMeterRegistry())) {
            new Fidelity(installed).replay(root.resolve("vectors"), scores::add);
        }
        return scores;
    }
}
