package io.segmentdo.testkit;

import io.segmentdo.api.ConnectorState;
import io.segmentdo.api.DestinationContext;
import io.segmentdo.api.HttpRequest;
import io.segmentdo.api.HttpResponse;
import io.segmentdo.api.HttpSender;
import io.segmentdo.api.Json;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A context whose clock stands still until the test turns it. Safe for concurrent use. */
public final class TestContext implements DestinationContext {
    /** When the clock of a new context stands: 2026-01-02T03:04:05Z. */
    public static final Instant START = Instant.parse("2026-01-02T03:04:05Z");

    /** What the JDK's client sets by itself. */
    private static final Set<String> RESERVED = Set.of("content-length", "host", "connection");

    private final Map<String, String> kept = new ConcurrentHashMap<>();
    private final HttpSender sender;
    private volatile Instant now = START;

    /** A context that really sends. */
    public TestContext() {
        this.sender = TestContext::send;
    }

    private TestContext(HttpSender sender) {
        this.sender = sender;
    }

    /** A context whose requests go to the test. */
    public static TestContext sending(HttpSender sender) {
        return new TestContext(sender);
    }

    /** Turns the clock forward. */
    public void advance(Duration duration) {
        now = now.plus(duration);
    }

    @Override
    public String destination() {
        return "test/destination";
    }

    @Override
    public InstantSource clock() {
        return () -> now;
    }

    @Override
    public Logger logger() {
        return LoggerFactory.getLogger("destination");
    }

    @Override
    public Json json() {
        return TestJson.INSTANCE;
    }

    /** Kept as long as the context lives, so that a second connector finds what the first has left. */
    @Override
    public ConnectorState state() {
        return ConnectorState.in(kept);
    }

    /** Over the network unless the test sends, so that a {@link RecordingSink} can answer. */
    @Override
    public HttpSender http() {
        return sender;
    }

    private static HttpResponse send(HttpRequest request) throws IOException, InterruptedException {
        var builder = java.net.http.HttpRequest.newBuilder(request.uri())
                .timeout(Duration.ofSeconds(10))
                .method(request.method(), java.net.http.HttpRequest.BodyPublishers.ofByteArray(request.body()));
        request.headers().forEach((name, value) -> {
            if (!RESERVED.contains(name.toLowerCase(Locale.ROOT))) {
                builder.header(name, value);
            }
        });
        try (HttpClient client = HttpClient.newHttpClient()) {
            var response = client.send(builder.build(), BodyHandlers.ofByteArray());
            TestResponse answer = TestResponse.of(response.statusCode()).body(response.body());
            for (var header : response.headers().map().entrySet()) {
                answer = answer.header(header.getKey(), header.getValue().getFirst());
            }
            return answer;
        }
    }
}
