package io.segmentdo.benchmarks;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Whether an event costs the same when many profiles are known. */
@Command(name = "profiles", description = "CPU per event with few and with many known profiles.")
final class ProfilesBenchmark implements Callable<Integer> {
    @Option(names = "--few", defaultValue = "10000", description = "Known profiles of the first row.")
    private int few;

    @Option(names = "--many", defaultValue = "5000000", description = "Known profiles of the second row.")
    private int many;

    @Option(names = "--events", defaultValue = "300000", description = "Events that are measured.")
    private int events;

    @Override
    public Integer call() throws Exception {
        Vertx vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true));
        try {
            double costFew = measure(vertx, few);
            double costMany = measure(vertx, many);
            System.out.printf("ratio: %.2f%n", costMany / costFew);
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().join();
        }
        return 0;
    }

    private double measure(Vertx vertx, int profiles) throws Exception {
        try (PlatformHome home = PlatformHome.withoutDestination();
                ServerProcess server = ServerProcess.platform(home.path())) {
            HealthPage health = new HealthPage(server.port());
            Requests known = Requests.of(PlatformHome.WRITE_KEY, "known", 100, profiles);
            new FixedCount(vertx, server.port(), 4, known).send(Math.max(profiles, 300_000) / 100);
            health.awaitDrained(Duration.ofMinutes(15));
            Requests measured = Requests.of(PlatformHome.WRITE_KEY, "measured", 20, profiles);
            Duration cpuBefore = server.cpu();
            long start = System.nanoTime();
            new FixedCount(vertx, server.port(), 4, measured).send(events / 20);
            health.awaitDrained(Duration.ofMinutes(5));
            double micros = server.cpu().minus(cpuBefore).toNanos() / 1000.0 / events;
            System.out.printf(
                    "%9d profiles: %.1f us CPU per event, %.0f events/s from request to commit, %d MiB resident%n",
                    profiles, micros, events / ((System.nanoTime() - start) / 1e9), server.residentMebibytes());
            return micros;
        }
    }
}
