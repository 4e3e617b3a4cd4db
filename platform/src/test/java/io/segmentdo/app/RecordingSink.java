package io.segmentdo.app;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** A webhook on this machine that keeps what it was sent, in order of arrival. Safe for concurrent use. */
final class RecordingSink implements AutoCloseable {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final Vertx vertx = Vertx.vertx();
    private final HttpServer server;
    private final List<JsonNode> arrivals = new ArrayList<>();
    private final Map<String, Long> firstNanos = new HashMap<>();
    private volatile Consumer<HttpServerRequest> answer =
            request -> request.response().end();

    private RecordingSink(String host, int port) {
        server = vertx.createHttpServer().requestHandler(this::receive);
        server.listen(port, host).toCompletionStage().toCompletableFuture().join();
    }

    static RecordingSink open() {
        return open(0);
    }

    static RecordingSink open(int port) {
        return new RecordingSink("127.0.0.1", port);
    }

    static RecordingSink at(String host) {
        return new RecordingSink(host, 0);
    }

    int port() {
        return server.actualPort();
    }

    /** From now on requests are answered like this; only those answered 200 count as arrived. */
    void answerWith(Consumer<HttpServerRequest> answer) {
        this.answer = answer;
    }

    synchronized List<JsonNode> arrivals() {
        return List.copyOf(arrivals);
    }

    /**
     * Waits until all of these messageIds have arrived, as long as each arrival follows the one before within this time;
     * so a slow machine takes longer and a standstill is found soon. Answers those that have not arrived.
     */
    Set<String> awaitMessageIds(Set<String> expected, Duration betweenArrivals) throws InterruptedException {
        Set<String> missing = missing(expected);
        long progressNanos = System.nanoTime();
        while (!missing.isEmpty() && System.nanoTime() - progressNanos < betweenArrivals.toNanos()) {
            Thread.sleep(20);
            int before = missing.size();
            missing = missing(missing);
            if (missing.size() < before) {
                progressNanos = System.nanoTime();
            }
        }
        return missing;
    }

    /** Waits for one message; when it arrived first, by {@link System#nanoTime}. */
    synchronized long awaitArrival(String messageId, Duration atMost) throws InterruptedException {
        long deadline = System.nanoTime() + atMost.toNanos();
        Long arrived = firstNanos.get(messageId);
        while (arrived == null) {
            long millisLeft = (deadline - System.nanoTime()) / 1_000_000;
            if (millisLeft <= 0) {
                throw new AssertionError(messageId + " did not arrive within " + atMost);
            }
            wait(millisLeft);
            arrived = firstNanos.get(messageId);
        }
        return arrived;
    }

    private synchronized Set<String> missing(Set<String> expected) {
        Set<String> missing = new HashSet<>(expected);
        missing.removeAll(firstNanos.keySet());
        return missing;
    }

    private void receive(HttpServerRequest request) {
        request.body().onSuccess(body -> {
            answer.accept(request);
            if (request.response().ended() && request.response().getStatusCode() == 200) {
                keep(body);
            }
        });
    }

    private synchronized void keep(Buffer body) {
        try {
            JsonNode json = MAPPER.readTree(body.getBytes());
            for (JsonNode event : json.isArray() ? json : List.of(json)) {
                arrivals.add(event);
                firstNanos.putIfAbsent(event.path("messageId").asText(), System.nanoTime());
            }
            notifyAll();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }
}
