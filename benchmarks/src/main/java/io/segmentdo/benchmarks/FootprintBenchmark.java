package io.segmentdo.benchmarks;

import java.io.Closeable;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What the platform costs while it has nothing to do, and how soon it is ready, beside a bare server. */
@Command(name = "footprint", description = "Cold start, idle memory and idle CPU.")
final class FootprintBenchmark implements Callable<Integer> {
    @Option(names = "--starts", defaultValue = "5", description = "Starts, each with an empty data folder.")
    private int starts;

    @Option(names = "--idle-seconds", defaultValue = "30", description = "Seconds of idling that are measured.")
    private int idleSeconds;

    @Override
    public Integer call() throws Exception {
        Footprint bare = measure(FootprintBenchmark::startBare);
        Footprint platform = measure(FootprintBenchmark::startPlatform);
        System.out.println("         | cold start ms  idle MiB  idle cpu %");
        row("bare", bare);
        row("platform", platform);
        System.out.printf(
                "ratio    | %13.2f %9.2f%n",
                platform.startMillis / bare.startMillis, platform.mebibytes / bare.mebibytes);
        return 0;
    }

    private record Footprint(double startMillis, double mebibytes, double idlePercent) {}

    /** A server with the folder that it needs. */
    private record Started(ServerProcess server, Closeable home) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            server.close();
            home.close();
        }
    }

    private static Started startBare() throws IOException, InterruptedException {
        return new Started(ServerProcess.bare(), () -> {});
    }

    private static Started startPlatform() throws IOException, InterruptedException {
        PlatformHome home = PlatformHome.withoutDestination();
        return new Started(ServerProcess.platform(home.path()), home::close);
    }

    private Footprint measure(Callable<Started> start) throws Exception {
        List<Double> millis = new ArrayList<>();
        Footprint idle = new Footprint(0, 0, 0);
        for (int i = 0; i < starts; i++) {
            long began = System.nanoTime();
            try (Started started = start.call()) {
                sendOne(started.server.port());
                millis.add((System.nanoTime() - began) / 1e6);
                if (i == starts - 1) {
                    idle = idle(started.server);
                }
            }
        }
        return new Footprint(Figures.median(millis), idle.mebibytes, idle.idlePercent);
    }

    private static void row(String name, Footprint row) {
        System.out.printf("%-8s | %13.0f %9.0f %11.2f%n", name, row.startMillis, row.mebibytes, row.idlePercent);
    }

    private Footprint idle(ServerProcess server) throws IOException, InterruptedException {
        Thread.sleep(Duration.ofSeconds(20)); // until the compilers of the JVM have calmed down
        Duration before = server.cpu();
        Thread.sleep(Duration.ofSeconds(idleSeconds));
        double percent = server.cpu().minus(before).toNanos() / (idleSeconds * 1e9) * 100;
        return new Footprint(0, server.residentMebibytes(), percent);
    }

    private static void sendOne(int port) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v1/track"))
                    .POST(HttpRequest.BodyPublishers.ofString("{\"writeKey\":\"" + PlatformHome.WRITE_KEY
                            + "\",\"event\":\"First\",\"anonymousId\":\"a\"}"))
                    .build();
            HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() != 200) {
                throw new IllegalStateException("the first event was answered " + response.statusCode());
            }
        }
    }
}
