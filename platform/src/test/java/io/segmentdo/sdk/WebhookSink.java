package io.segmentdo.sdk;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A webhook on the loopback interface that keeps what it was sent, in order of arrival. Safe for concurrent use. */
final class WebhookSink implements AutoCloseable {
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<JsonNode> events = new ArrayList<>();

    private WebhookSink(HttpServer server) {
        this.server = server;
    }

    static WebhookSink open() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        WebhookSink sink = new WebhookSink(server);
        server.setExecutor(sink.threads);
        server.createContext("/", sink::receive);
        server.start();
        return sink;
    }

    int port() {
        return server.getAddress().getPort();
    }

    synchronized List<JsonNode> events() {
        return List.copyOf(events);
    }

    /** Waits until this many have arrived, and fails when they have not in time. */
    synchronized List<JsonNode> awaitEvents(int count, Duration atMost) {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (events.size() < count) {
            long millisLeft = (deadline - System.nanoTime()) / 1_000_000;
            if (millisLeft <= 0) {
                throw new AssertionError(
                        "%d of %d events arrived within %s: %s".formatted(events.size(), count, atMost, events));
            }
            await(millisLeft);
        }
        return events();
    }

    @SuppressWarnings("WaitNotInLoop") // its caller loops
    private void await(long millis) {
        try {
            wait(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting for events", e);
        }
    }

    private void receive(HttpExchange exchange) throws IOException {
        try (exchange) {
            JsonNode body = Calls.MAPPER.readTree(exchange.getRequestBody());
            keep(body.isArray() ? body.valueStream().toList() : List.of(body));
            exchange.sendResponseHeaders(200, -1);
        }
    }

    synchronized void keep(List<JsonNode> arrived) {
        events.addAll(arrived);
        notifyAll();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.close();
    }
}
