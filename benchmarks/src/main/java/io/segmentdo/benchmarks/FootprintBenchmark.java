package io.segmentdo.benchmarks;

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

/** What the platform costs while it has nothing to do, and how soon it is ready. */
@Command(name = "footprint", description = "Cold start, idle memory and idle CPU.")
final class FootprintBenchmark implements Callable<Integer> {
    @Option(names = "--starts", defaultValue = "5", description = "Starts, each with an empty data folder.")
    private int starts;

    @Option(names = "--idle-seconds", defaultValue = "30", description = "Seconds of idling that are measured.")
    private int idleSeconds;

    @Override
    public Integer call() throws Exception {
        List<Double> millis = new ArrayList<>();
        for (int i = 0; i < starts; i++) {
            try (PlatformHome home = PlatformHome.withoutDestination()) {
                long start = System.nanoTime();
                try (ServerProcess server = ServerProcess.platform(home.path())) {
                    sendOne(server.port());
                    millis.add((System.nanoTime() - start) / 1e6);
                    if (i == starts - 1) {
                        idle(server);
                    }
                }
            }
        }
        System.out.printf("cold start to first accepted event: median %.0f ms of %s%n", Figures.median(millis), millis);
        return 0;
    }

    private void idle(ServerProcess server) throws IOException, InterruptedException {
        Thread.sleep(Duration.ofSeconds(5));
        Duration before = server.cpu();
        Thread.sleep(Duration.ofSeconds(idleSeconds));
        double percent = server.cpu().minus(before).toNanos() / (idleSeconds * 1e9) * 100;
        System.out.printf("idle: %.2f %% of one core, %d MiB resident%n", percent, server.residentMebibytes());
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
