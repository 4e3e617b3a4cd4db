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

/**
 * How long an event takes from the SDK's request to the webhook, and how many arrive per second at most, each as a ratio
 * to a bare server that sends on what it reads, durable nowhere.
 */
@Command(name = "deliver", description = "Event-to-webhook latency and sustained deliveries against a bare relay.")
final class DeliverBenchmark implements Callable<Integer> {
    private static final Duration WARMUP = Duration.ofSeconds(10);

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
            latency(vertx);
            System.out.println();
            System.out.println("sustained to a webhook");
            System.out.println("events/webhook req | relay events/s | platform events/s | ratio");
            sustained(vertx, 1);
            sustained(vertx, 100);
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().join();
        }
        return 0;
    }

    private record Latency(double p50, double p99, double max, double cpuMicros, boolean all) {}

    private void latency(Vertx vertx) throws Exception {
        Latency relay;
        try (Sink sink = Sink.open(vertx, "latency");
                ServerProcess server = ServerProcess.bareRelay(sink.port())) {
            relay = latency(vertx, sink, server);
        }
        Latency platform;
        try (Sink sink = Sink.open(vertx, "latency");
                PlatformHome home = PlatformHome.withWebhook(sink.port(), 1);
                ServerProcess server = ServerProcess.platform(home.path())) {
            platform = latency(vertx, sink, server);
        }
        System.out.printf("event to webhook at %d events/s%n", rate);
        System.out.println("         | p50 ms  p99 ms  max ms  cpu us/event");
        row("relay", relay);
        row("platform", platform);
        System.out.printf(
                "ratio    | %6.1f %7.1f %7.1f %13.1f%n",
                platform.p50 / relay.p50,
                platform.p99 / relay.p99,
                platform.max / relay.max,
                platform.cpuMicros / relay.cpuMicros);
    }

    private static void row(String name, Latency row) {
        System.out.printf(
                "%-8s | %6.2f %7.2f %7.1f %13.0f%s%n",
                name, row.p50, row.p99, row.max, row.cpuMicros, row.all ? "" : "  (NOT ALL ARRIVED)");
    }

    private Latency latency(Vertx vertx, Sink sink, ServerProcess server) throws InterruptedException {
        HttpClient client = vertx.createHttpClient(
                new HttpClientOptions().setDefaultHost("127.0.0.1").setDefaultPort(server.port()),
                new PoolOptions().setHttp1MaxSize(64));
        long warmup = sendAtRate(client, WARMUP);
        sink.awaitEvents(warmup, Duration.ofSeconds(30));
        sink.time();
        Duration cpuBefore = server.cpu();
        long sent = sendAtRate(client, Duration.ofSeconds(seconds));
        boolean all = sink.awaitEvents(warmup + sent, Duration.ofSeconds(30));
        double cpuMicros = server.cpu().minus(cpuBefore).toNanos() / 1000.0 / sent;
        var latency = sink.latencyMicros();
        client.close();
        return new Latency(
                latency.getValueAtPercentile(50) / 1000.0,
                latency.getValueAtPercentile(99) / 1000.0,
                latency.getMaxValue() / 1000.0,
                cpuMicros,
                all);
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
        double relay;
        try (Sink sink = Sink.open(vertx, "run");
                ServerProcess server = ServerProcess.bareRelay(sink.port())) {
            relay = sustained(vertx, sink, server, batchSize);
        }
        double platform;
        try (Sink sink = Sink.open(vertx, "run");
                PlatformHome home = PlatformHome.withWebhook(sink.port(), batchSize);
                ServerProcess server = ServerProcess.platform(home.path())) {
            platform = sustained(vertx, sink, server, 20);
        }
        System.out.printf("%18d | %14.0f | %17.0f | %5.2f%n", batchSize, relay, platform, platform / relay);
    }

    /** Events per second, from the first request until all have arrived. */
    private double sustained(Vertx vertx, Sink sink, ServerProcess server, int eventsPerRequest)
            throws InterruptedException {
        Requests requests = Requests.of(PlatformHome.WRITE_KEY, "run", eventsPerRequest, 10_000);
        int warmup = events / 4 / 100 * 100;
        int counted = events / 100 * 100;
        sendAll(vertx, server, requests, warmup);
        sink.awaitEvents(warmup, Duration.ofMinutes(2));
        long before = sink.events();
        long start = System.nanoTime();
        sendAll(vertx, server, requests, counted);
        if (!sink.awaitEvents(before + counted, Duration.ofMinutes(5))) {
            throw new IllegalStateException(
                    sink.events() - before + " of " + counted + " events arrived within five minutes");
        }
        return counted / ((System.nanoTime() - start) / 1e9);
    }

    private static void sendAll(Vertx vertx, ServerProcess server, Requests requests, int count)
            throws InterruptedException {
        new FixedCount(vertx, server.port(), 8, requests).send(count / requests.eventsPerRequest());
    }
}
