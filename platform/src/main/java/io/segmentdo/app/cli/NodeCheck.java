package io.segmentdo.app.cli;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** How a running node is, by what its health page says. */
final class NodeCheck {
    private final URI node;

    NodeCheck(URI node) {
        this.node = node;
    }

    /** What the node says, or nothing when nothing answers. */
    Optional<List<Finding>> findings() throws InterruptedException {
        try (HttpClient http =
                HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(3)).build()) {
            HttpRequest request = HttpRequest.newBuilder(node.resolve("/health"))
                    .timeout(Duration.ofSeconds(5))
                    .build();
            return Optional.of(read(http.send(request, HttpResponse.BodyHandlers.ofString())));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private List<Finding> read(HttpResponse<String> answer) {
        try {
            JsonObject health = new JsonObject(answer.body());
            if (!health.containsKey("status")) {
                return List.of(Finding.bad("Something else than a node answers at " + node));
            }
            List<Finding> findings = new ArrayList<>();
            boolean ready = Boolean.TRUE.equals(health.getBoolean("ready"));
            String text = "The node at " + node + " is " + health.getString("status");
            findings.add(ready ? Finding.good(text) : Finding.bad(text + " and takes no events now"));
            for (Object reason : health.getJsonArray("reasons", new JsonArray())) {
                findings.add(ready ? Finding.odd(reason.toString()) : Finding.bad(reason.toString()));
            }
            return findings;
        } catch (DecodeException e) {
            return List.of(Finding.bad("Something else than a node answers at " + node));
        }
    }
}
