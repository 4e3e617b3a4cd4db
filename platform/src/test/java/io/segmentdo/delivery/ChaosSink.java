package io.segmentdo.delivery;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;

/** The other side of a webhook: remembers what it accepted and misbehaves on request. */
final class ChaosSink implements AutoCloseable {
    /** What to do with one request. */
    interface Behaviour {
        /** Answers, or does not; {@code attempt} counts from 1 how often the message was seen. */
        void answer(HttpServerRequest request, String messageId, int attempt);
    }

    static final Behaviour ACCEPT = (request, messageId, attempt) -> status(request, 200);

    private final Vertx vertx = Vertx.vertx();
    private final HttpServer server;
    private final List<String> accepted = new CopyOnWriteArrayList<>();
    private final Map<String, AtomicInteger> attempts = new ConcurrentHashMap<>();
    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicInteger connections = new AtomicInteger();
    private final Map<String, String> bodies = new ConcurrentHashMap<>();
    private volatile Behaviour behaviour = ACCEPT;

    ChaosSink() {
        server = vertx.createHttpServer(
                        new HttpServerOptions().setHost("127.0.0.1").setPort(0))
                .connectionHandler(connection -> connections.incrementAndGet())
                .requestHandler(request -> request.body().onSuccess(body -> handle(request, body)));
        join(server.listen());
    }

    private static void join(Future<?> future) {
        try {
            future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    static void status(HttpServerRequest request, int status) {
        request.response().setStatusCode(status).end();
    }

    void behave(Behaviour next) {
        behaviour = next;
    }

    String url() {
        return "http://127.0.0.1:" + server.actualPort() + "/hook";
    }

    /** The messages of requests that were answered with 2xx, in the order of the answers. */
    List<String> accepted() {
        return List.copyOf(accepted);
    }

    /** Does something on the sink's thread after a while. */
    void later(long millis, Runnable work) {
        vertx.setTimer(millis, id -> work.run());
    }

    int connections() {
        return connections.get();
    }

    int requests() {
        return requests.get();
    }

    /** The last body that came to a path. */
    String body(String path) {
        return bodies.getOrDefault(path, "");
    }

    /** How often a message came. */
    int attempts(String messageId) {
        AtomicInteger count = attempts.get(messageId);
        return count == null ? 0 : count.get();
    }

    private void handle(HttpServerRequest request, Buffer body) {
        requests.incrementAndGet();
        bodies.put(request.path(), body.toString());
        List<String> ids = messageIds(body);
        int attempt = ids.stream()
                .mapToInt(id ->
                        attempts.computeIfAbsent(id, k -> new AtomicInteger()).incrementAndGet())
                .max()
                .orElse(0);
        request.response().headersEndHandler(v -> {
            if (request.response().getStatusCode() / 100 == 2) {
                accepted.addAll(ids);
            }
        });
        behaviour.answer(request, ids.isEmpty() ? "" : ids.getFirst(), attempt);
    }

    private static List<String> messageIds(Buffer body) {
        List<String> ids = new ArrayList<>();
        if (body.length() == 0 || (body.getByte(0) != '[' && body.getByte(0) != '{')) {
            return ids;
        }
        Object json = body.getByte(0) == '[' ? new JsonArray(body) : new JsonObject(body);
        if (json instanceof JsonArray array) {
            array.forEach(event -> ids.add(((JsonObject) event).getString("messageId")));
        } else if (json instanceof JsonObject event) {
            ids.add(event.getString("messageId", ""));
        }
        return ids;
    }

    /** Accepted messages by profile, where a profile is given by a function of the message. */
    Map<String, List<Integer>> numbersBy(IntFunction<String> profile) {
        Map<String, List<Integer>> numbers = new LinkedHashMap<>();
        for (String id : accepted) {
            int number = Integer.parseInt(id.substring(1));
            numbers.computeIfAbsent(profile.apply(number), k -> new ArrayList<>())
                    .add(number);
        }
        return numbers;
    }

    @Override
    public void close() {
        join(vertx.close());
    }
}
