package io.segmentdo.connector;

import io.segmentdo.api.ConnectorState;
import io.segmentdo.api.DestinationContext;
import io.segmentdo.api.HttpRequest;
import io.segmentdo.api.HttpResponse;
import io.segmentdo.api.HttpSender;
import io.segmentdo.api.Json;
import io.segmentdo.testkit.TestContext;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/** Answers in the order of its script and then no more; keeps what it is given. */
final class ScriptedContext implements DestinationContext {
    final List<HttpRequest> requests = new ArrayList<>();
    final Map<String, String> kept = new HashMap<>();

    private final TestContext context = new TestContext();
    private final Deque<HttpResponse> responses = new ArrayDeque<>();

    ScriptedContext(HttpResponse... script) {
        responses.addAll(List.of(script));
    }

    void answer(HttpResponse... more) {
        responses.addAll(List.of(more));
    }

    void advance(Duration duration) {
        context.advance(duration);
    }

    /** Method, URL and body of what was sent. */
    List<String> sent() {
        return requests.stream()
                .map(request -> request.method() + " " + request.uri() + " "
                        + new String(request.body(), StandardCharsets.UTF_8))
                .toList();
    }

    /** A header of what was sent. */
    List<@Nullable String> sent(String header) {
        List<@Nullable String> values = new ArrayList<>();
        requests.forEach(request -> values.add(request.headers().get(header)));
        return values;
    }

    @Override
    public HttpSender http() {
        return request -> {
            requests.add(request);
            if (responses.isEmpty()) {
                throw new IOException("reset");
            }
            return responses.pop();
        };
    }

    @Override
    public ConnectorState state() {
        return ConnectorState.in(kept);
    }

    @Override
    public String destination() {
        return context.destination();
    }

    @Override
    public InstantSource clock() {
        return context.clock();
    }

    @Override
    public Logger logger() {
        return context.logger();
    }

    @Override
    public Json json() {
        return context.json();
    }
}
