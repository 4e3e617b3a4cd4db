package io.segmentdo.warehouse.files;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** Stands between a client and an S3 server and spoils some of the requests, in an order that a seed gives. */
public final class FaultyProxy implements AutoCloseable {
    private final URI target;
    private final double share;
    private final Random random;
    private final HttpClient client = HttpClient.newHttpClient();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpServer server;
    private final AtomicInteger faults = new AtomicInteger();

    /** Spoils this share of requests. */
    public FaultyProxy(URI target, double share, long seed) throws IOException {
        this.target = target;
        this.share = share;
        this.random = new Random(seed);
        this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::handle);
        server.setExecutor(threads);
        server.start();
    }

    /** Where it listens. */
    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /** How many requests were spoiled. */
    public int faults() {
        return faults.get();
    }

    private synchronized int nextFault() {
        return random.nextDouble() < share ? random.nextInt(6) : -1;
    }

    private void handle(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        int fault = nextFault();
        if (fault >= 0) {
            faults.incrementAndGet();
        }
        try {
            switch (fault) {
                case 0 -> answer(exchange, 500, new byte[0]);
                case 1 -> answer(exchange, 503, new byte[0]);
                case 2 ->
                    answer(
                            exchange,
                            409,
                            "<Error><Code>ConditionalRequestConflict</Code></Error>"
                                    .getBytes(java.nio.charset.StandardCharsets.UTF_8));
                case 3 -> exchange.close(); // reset before it is done
                case 4 -> {
                    forward(exchange, body); // done, but the answer is lost
                    exchange.close();
                }
                case 5 -> {
                    Thread.sleep(300);
                    pass(exchange, forward(exchange, body));
                }
                default -> pass(exchange, forward(exchange, body));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            exchange.close();
        }
    }

    private HttpResponse<byte[]> forward(HttpExchange exchange, byte[] body) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(target.toString() + exchange.getRequestURI()))
                .method(exchange.getRequestMethod(), HttpRequest.BodyPublishers.ofByteArray(body));
        exchange.getRequestHeaders().forEach((name, values) -> {
            String lower = name.toLowerCase(java.util.Locale.ROOT);
            if (lower.startsWith("x-amz") || lower.equals("range") || lower.equals("authorization")) {
                request.header(name, values.getFirst());
            }
        });
        return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    private static void pass(HttpExchange exchange, HttpResponse<byte[]> response) throws IOException {
        response.headers()
                .firstValue("etag")
                .ifPresent(tag -> exchange.getResponseHeaders().set("ETag", tag));
        if (exchange.getRequestMethod().equals("HEAD")) {
            response.headers()
                    .firstValue("content-length")
                    .ifPresent(length -> exchange.getResponseHeaders().set("Content-Length", length));
            exchange.sendResponseHeaders(response.statusCode(), -1);
        } else {
            answer(exchange, response.statusCode(), response.body());
        }
    }

    private static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        if (body.length > 0) {
            exchange.getResponseBody().write(body);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
        client.shutdownNow();
    }
}
