package io.segmentdo.benchmarks;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** Reads the platform's metrics page to learn when nothing waits any more. */
final class HealthPage {
    private final HttpClient client = HttpClient.newHttpClient();
    private final HttpRequest request;

    HealthPage(int port) {
        request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics"))
                .build();
    }

    /** Waits until the spool is empty. */
    void awaitDrained(Duration atMost) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (depth() > 0) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("the spool still holds " + depth() + " events after " + atMost);
            }
            Thread.sleep(20);
        }
    }

    private double depth() throws IOException, InterruptedException {
        return client.send(request, HttpResponse.BodyHandlers.ofString())
                .body()
                .lines()
                .filter(line -> line.startsWith("segmentdo_spool_depth_events"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no segmentdo_spool_depth_events in /metrics"));
    }
}
