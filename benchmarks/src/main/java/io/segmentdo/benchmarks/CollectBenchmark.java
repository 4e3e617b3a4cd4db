package io.segmentdo.benchmarks;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** How fast events are accepted durably, as a ratio to a bare server that reads and answers the same bytes. */
@Command(name = "collect", description = "Accepted events per second against a bare server.")
final class CollectBenchmark implements Callable<Integer> {
    @Option(names = "--rounds", defaultValue = "3", description = "Rounds of each, bare and platform in turn.")
    private int rounds;

    @Option(names = "--seconds", defaultValue = "5", description = "Counted seconds of a round.")
    private int seconds;

    @Option(
            names = "--shapes",
            split = ",",
            defaultValue = "1x1,64x1,64x20,64x100",
            description = "Connections and events in a request, by default ${DEFAULT-VALUE}.")
    private List<String> shapes = List.of();

    private record Shape(int connections, int events) {
        static Shape of(String text) {
            String[] numbers = text.split("x", 2);
            return new Shape(Integer.parseInt(numbers[0]), Integer.parseInt(numbers[1]));
        }
    }

    @Override
    public Integer call() throws Exception {
        double syncMillis = Figures.syncMillis();
        System.out.printf("fsync of 1 KB: %.3f ms (median)%n", syncMillis);
        System.out.println("conns events/req |  bare req/s  p50 ms  p99 ms | platform req/s  p50 ms  p99 ms  events/s"
                + "  cpu us/req | ratio  refused");
        Vertx vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true));
        try {
            for (Shape shape : shapes.stream().map(Shape::of).toList()) {
                double p50 = measure(vertx, shape);
                if (shape.connections == 1) {
                    System.out.printf("      one connection, one event: p50 is %.2f x fsync%n", p50 / syncMillis);
                }
            }
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().join();
        }
        return 0;
    }

    /** Prints a row; the median latency of the platform in milliseconds. */
    private double measure(Vertx vertx, Shape shape) throws Exception {
        List<Row> bare = new ArrayList<>();
        List<Row> platform = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            try (ServerProcess server = ServerProcess.bare()) {
                bare.add(run(vertx, server, shape));
            }
            try (PlatformHome home = PlatformHome.withoutDestination();
                    ServerProcess server = ServerProcess.platform(home.path())) {
                platform.add(run(vertx, server, shape));
            }
        }
        double bareRate = Figures.median(bare.stream().map(Row::rate).toList());
        double rate = Figures.median(platform.stream().map(Row::rate).toList());
        System.out.printf(
                "%5d %10d | %11.0f %7.2f %7.2f | %14.0f %7.2f %7.2f %9.0f %11.1f | %5.2f  %d%n",
                shape.connections,
                shape.events,
                bareRate,
                Figures.median(bare.stream().map(Row::p50).toList()),
                Figures.median(bare.stream().map(Row::p99).toList()),
                rate,
                Figures.median(platform.stream().map(Row::p50).toList()),
                Figures.median(platform.stream().map(Row::p99).toList()),
                rate * shape.events,
                Figures.median(platform.stream().map(Row::cpuMicros).toList()),
                rate / bareRate,
                platform.stream().mapToLong(Row::refusals).sum());
        return Figures.median(platform.stream().map(Row::p50).toList());
    }

    private record Row(double rate, double p50, double p99, double cpuMicros, long refusals) {}

    private Row run(Vertx vertx, ServerProcess server, Shape shape) throws InterruptedException {
        Requests requests = Requests.of(PlatformHome.WRITE_KEY, "run", shape.events, 10_000);
        ClosedLoop loop = new ClosedLoop(vertx, server.port(), shape.connections, requests::next);
        Duration cpuBefore = server.cpu();
        ClosedLoop.Result result = loop.run(Duration.ofSeconds(5), Duration.ofSeconds(seconds));
        double cpu = server.cpu().minus(cpuBefore).toNanos() / 1000.0;
        double share = (double) seconds / (seconds + 5);
        return new Row(
                result.perSecond(),
                result.millis(50),
                result.millis(99),
                cpu * share / Math.max(1, result.requests()),
                result.refusals());
    }
}
