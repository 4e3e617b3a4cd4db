package io.segmentdo.app.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Base64;

/** Sends track calls, as the smallest possible SDK. Confined to one thread. */
final class Sender implements AutoCloseable {
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
    private final URI track;
    private final String authorization;

    Sender(URI node, String writeKey) {
        this.track = node.resolve("/v1/track");
        this.authorization = "Basic " + Base64.getEncoder().encodeToString((writeKey + ":").getBytes(UTF_8));
    }

    HttpResponse<String> track(String userId, String event) throws IOException, InterruptedException {
        String body = new JsonObject().put("userId", userId).put("event", event).encode();
        HttpRequest request = HttpRequest.newBuilder(track)
                .header("Authorization", authorization)
                .header("Content-Type", "application/json")
                .timeout(Duration.ofSeconds(10))
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        return http.send(request, HttpResponse.BodyHandlers.ofString());
    }

    @Override
    public void close() {
        http.close();
    }
}
