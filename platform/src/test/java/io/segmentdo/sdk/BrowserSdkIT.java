package io.segmentdo.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.segmentdo.source.SourceKind;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code @segment/analytics-next} in Chromium, on a page of another origin, told nothing but where its settings are. */
class BrowserSdkIT {
    @TempDir
    Path home;

    @Test
    void theSettingsDocumentAloneLeadsTheBrowserSdkToThePlatform() throws Exception {
        Program driver = Workshop.node("browser.mjs");
        List<ObjectNode> calls = Calls.ofClient("browser");
        try (RunningPlatform platform = RunningPlatform.start(home)) {
            JsonNode outcome = driver.run(job(platform, "bundle", calls));

            assertThat(outcome.path("requests"))
                    .extracting(
                            request -> URI.create(request.path("url").asText()).getHost())
                    .containsOnly("127.0.0.1");
            assertThat(to("/v1/", outcome))
                    .filteredOn(BrowserSdkIT::isPreflight)
                    .hasSizeGreaterThanOrEqualTo(6);
            assertThat(to("/v1/", outcome))
                    .extracting(request -> status(request) / 100)
                    .containsOnly(2);
            Arrivals.assertExactly(platform, calls, sent(outcome), "analytics.js");
        }
    }

    @Test
    void theSnippetDeliversEveryCallInOneBatch() throws Exception {
        Program driver = Workshop.node("browser.mjs");
        List<ObjectNode> calls = Calls.ofClient("snippet");
        try (RunningPlatform platform = RunningPlatform.start(home)) {
            ObjectNode job = job(platform, "snippet", calls).put("posts", 1);
            job.set("options", Calls.json("""
                    {"integrations": {"Segment.io": {"deliveryStrategy":
                        {"strategy": "batching", "config": {"size": %d, "timeout": 30000}}}}}""".formatted(calls.size())));

            JsonNode outcome = driver.run(job);

            assertThat(to("/v1/b", outcome))
                    .filteredOn(request -> status(request) == 200)
                    .hasSize(1);
            Arrivals.assertExactly(platform, calls, sent(outcome), "analytics.js");
        }
    }

    @Test
    void theBrowserWaitsAsLongAsItIsAskedTo() throws Exception {
        Program driver = Workshop.node("browser.mjs");
        ObjectNode track = Calls.ofClient("patient").get(2);
        track.remove("userId");
        List<ObjectNode> calls = List.of(track);
        int secondsUsedUp = 10;
        try (RunningPlatform platform = RunningPlatform.startTaking(1, home)) {
            JsonNode outcome = driver.run(job(platform, "bundle", calls).put("eventsBefore", secondsUsedUp));

            List<JsonNode> attempts = to("/v1/t", outcome).stream()
                    .filter(request -> !isPreflight(request))
                    .toList();
            assertThat(attempts).extracting(BrowserSdkIT::status).containsExactly(429, 200);
            JsonNode refused = attempts.getFirst();
            int asked = Integer.parseInt(header("Retry-After", refused.path("responseHeaders")));
            assertThat(asked).isBetween(1, secondsUsedUp);
            JsonNode repeated = attempts.getLast();
            assertThat(header("X-Retry-Count", repeated.path("headers"))).isEqualTo("1");
            assertThat(seconds(repeated) - seconds(refused)).isBetween((double) asked, asked + 20.0);
            Arrivals.assertExactly(platform, calls, sent(outcome), "analytics.js");
        }
    }

    private static ObjectNode job(RunningPlatform platform, String page, List<ObjectNode> calls) {
        ObjectNode job = Calls.MAPPER.createObjectNode();
        job.put("chromium", Workshop.chromium());
        job.put("page", page);
        job.put("cdnURL", "http://127.0.0.1:" + platform.port());
        job.put("writeKey", platform.writeKey(SourceKind.BROWSER));
        job.putArray("calls").addAll(calls);
        job.put("posts", calls.size());
        return job;
    }

    private static List<JsonNode> sent(JsonNode outcome) {
        return outcome.path("events").valueStream().toList();
    }

    private static List<JsonNode> to(String path, JsonNode outcome) {
        return outcome.path("requests")
                .valueStream()
                .filter(request ->
                        URI.create(request.path("url").asText()).getPath().startsWith(path))
                .toList();
    }

    private static boolean isPreflight(JsonNode request) {
        return request.path("method").asText().equals("OPTIONS");
    }

    private static int status(JsonNode request) {
        return request.path("status").asInt();
    }

    private static double seconds(JsonNode request) {
        return request.path("seconds").asDouble();
    }

    private static String header(String name, JsonNode headers) {
        return headers.properties().stream()
                .filter(header -> header.getKey().equalsIgnoreCase(name))
                .findFirst()
                .map(header -> header.getValue().asText())
                .orElse("");
    }
}
