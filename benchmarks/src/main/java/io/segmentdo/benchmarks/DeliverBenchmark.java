package io.segmentdo.benchmarks;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** How long an event takes from the SDK's request to the webhook, and how many arrive per second at most. */
@Command(name = "deliver", description = "Event-to-webhook latency and sustained deliveries.")
final class DeliverBenchmark implements Callable<Integer> {
    @Option(names = "--seconds", defaultValue = "20", description = "Counted seconds at a fixed rate.")
    private int seconds;

    @Option(names = "--rate", defaultValue = "1000", description = "Events per second at a fixed rate.")
    private int rate;

    @Option(names = "--events", defaultValue = "200000", description = "Events of a sustained run.")
    private int events;

    @Override
    public Integer call() throws Exception {
        Vertx vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true));
        try {
            latency(vertx, 1);
            sustained(vertx, 1);
            sustained(vertx, 100);
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().join();
        }
        return 0;
    }

    private void latency(Vertx vertx, int batchSize) throws Exception {
        try (Sink sink = Sink.open(vertx, "latency");
                PlatformHome home = PlatformHome.withWebhook(sink.port(), batchSize);
                ServerProcess server = ServerProcess.platform(home.path())) {
            HttpClient client = vertx.createHttpClient(
                    new HttpClientOptions().setDefaultHost("127.0.0.1").setDefaultPort(server.port()),
                    new PoolOptions().setHttp1MaxSize(64));
            long warmup = sendAtRate(client, Duration.ofSeconds(10));
            sink.awaitEvents(warmup, Duration.ofSeconds(30));
            sink.time();
            Duration cpuBefore = server.cpu();
            long sent = sendAtRate(client, Duration.ofSeconds(seconds));
            boolean all = sink.awaitEvents(warmup + sent, Duration.ofSeconds(30));
            double cpuMicros = server.cpu().minus(cpuBefore).toNanos() / 1000.0 / sent;
            var latency = sink.latencyMicros();
            System.out.printf(
                    "event to webhook at %d/s: p50 %.1f ms, p99 %.1f ms, max %.1f ms, server CPU %.0f us/event%s%n",
                    rate,
                    latency.getValueAtPercentile(50) / 1000.0,
                    latency.getValueAtPercentile(99) / 1000.0,
                    latency.getMaxValue() / 1000.0,
                    cpuMicros,
                    all ? "" : " (NOT ALL ARRIVED)");
        }
    }

    /** Sends single events at the fixed rate, their messageIds end in the nanosecond of sending. */
    private long sendAtRate(HttpClient client, Duration time) {
        String body = "{\"writeKey\":\"" + PlatformHome.WRITE_KEY
                + "\",\"event\":\"Order Completed\",\"anonymousId\":\"anon-%d\",\"messageId\":\"latency-%016d\","
                + "\"properties\":{\"revenue\":25.0,\"note\":\"" + "x".repeat(700) + "\"}}";
        long count = rate * time.toSeconds();
        long interval = 1_000_000_000L / rate;
        long start = System.nanoTime();
        for (long i = 0; i < count; i++) {
            long due = start + i * interval;
            while (System.nanoTime() < due) {
                LockSupport.parkNanos(due - System.nanoTime());
            }
            String event = String.format(java.util.Locale.ROOT, body, i % 10_000, System.nanoTime());
            client.request(HttpMethod.POST, "/v1/track")
                    .compose(request -> request.send(event))
                    .compose(response -> response.end());
        }
        return count;
    }

    private void sustained(Vertx vertx, int batchSize) throws Exception {
        try (Sink sink = Sink.open(vertx, "run");
                PlatformHome home = PlatformHome.withWebhook(sink.port(), batchSize);
                ServerProcess server = ServerProcess.platform(home.path())) {
            Requests requests = Requests.of(PlatformHome.WRITE_KEY, "run", 20, 10_000);
            int warmup = events / 4 / 20 * 20;
            sendAll(vertx, server, requests, warmup);
            sink.awaitEvents(warmup, Duration.ofMinutes(2));
            long before = sink.events();
            long start = System.nanoTime();
            sendAll(vertx, server, requests, events);
            boolean all = sink.awaitEvents(before + events, Duration.ofMinutes(5));
            double elapsed = (System.nanoTime() - start) / 1e9;
            System.out.printf(
                    "sustained to a webhook, at most %d in a request: %.0f events/s (%d events in %.1f s)%s%n",
                    batchSize, events / elapsed, events, elapsed, all ? "" : " (NOT ALL ARRIVED)");
        }
    }

    private static void sendAll(Vertx vertx, ServerProcess server, Requests requests, int count)
            throws InterruptedException {
        new FixedCount(vertx, server.port(), 8, requests).send(count / requests.eventsPerRequest());
    }
}
