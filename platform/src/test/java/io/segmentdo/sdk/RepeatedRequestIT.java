package io.segmentdo.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import io.segmentdo.source.SourceKind;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every SDK sends a request again when it did not see the answer. */
class RepeatedRequestIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path home;

    @Test
    void aRepeatedRequestIsAnsweredWithSuccessAndStoredOnce() throws Exception {
        try (HttpClient client = HttpClient.newHttpClient();
                RunningPlatform platform = RunningPlatform.start(home)) {
            String batch = """
                    {"writeKey": "%s", "batch": [
                      {"type": "track", "event": "First", "userId": "u", "messageId": "m-1"},
                      {"type": "track", "event": "Second", "userId": "u", "messageId": "m-2"},
                      {"type": "track", "event": "First", "userId": "u", "messageId": "m-1"}]}""".formatted(platform.writeKey(SourceKind.SERVER));
            String last = """
                    {"writeKey": "%s", "event": "Last", "userId": "u", "messageId": "m-3"}""".formatted(platform.writeKey(SourceKind.SERVER));

            String first = send(client, platform, "/v1/batch", batch);
            String again = send(client, platform, "/v1/batch", batch);
            String end = send(client, platform, "/v1/track", last);
            platform.sink().awaitEvents(3, PATIENCE);
            platform.close();

            assertThat(first)
                    .isEqualTo("200 {\"success\":true}")
                    .isEqualTo(again)
                    .isEqualTo(end);
            assertThat(platform.sink().events())
                    .extracting(event -> event.path("messageId").asText())
                    .containsExactly("m-1", "m-2", "m-3");
            assertThat(platform.profiles()).containsOnlyKeys("m-1", "m-2", "m-3");
        }
    }

    private static String send(HttpClient client, RunningPlatform platform, String path, String body) throws Exception {
        URI uri = URI.create(
                "http://127.0.0.1:" + platform.port() + path + "?writeKey=" + platform.writeKey(SourceKind.SERVER));
        HttpRequest request = HttpRequest.newBuilder(uri)
                .timeout(PATIENCE)
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
        return response.statusCode() + " " + response.body();
    }
}
