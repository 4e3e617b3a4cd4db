package io.segmentdo.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.segmentdo.plugin.PluginJars;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The process as an operator has it: folders, signals, log. */
class ProcessIT {
    private static final Duration STANDSTILL = Duration.ofSeconds(60);

    @TempDir
    Path home;

    private final Set<String> acknowledged = ConcurrentHashMap.newKeySet();

    @Test
    void whatIsUnderWayWhenItIsAskedToStopIsFinishedOrKeptAndItStopsInBoundedTime() throws Exception {
        try (RecordingSink sink = RecordingSink.open();
                ChildPlatform platform = ChildPlatform.in(home)) {
            configure(sink.port());
            Path jar = home.resolve("plugins/webhook.jar");
            Files.delete(jar);
            platform.start();
            Sender sender = new Sender("s", platform.port(), "process-key", acknowledged);
            Thread thread = Thread.ofVirtual().start(sender);
            awaitAcknowledged(20);

            String waiting = platform.health();
            String log = Files.readString(platform.log());
            PluginJars.webhook(home.resolve("plugins"), "webhook.jar");
            Set<String> missing = sink.awaitMessageIds(Set.copyOf(acknowledged), STANDSTILL);
            Duration took = platform.stop();
            platform.start();
            sender.end();
            thread.join();
            Set<String> missingAfterRestart = sink.awaitMessageIds(Set.copyOf(acknowledged), STANDSTILL);

            assertThat(waiting).contains("there is no plugin webhook");
            assertThat(log).contains("There is no such plugin, the destination's events wait for it");
            assertThat(missing).isEmpty();
            assertThat(took).isLessThan(Duration.ofSeconds(30));
            assertThat(missingAfterRestart).isEmpty();
        }
    }

    @Test
    void aRequestThatIsUnderWayWhenItIsAskedToStopIsAnsweredAndIdleConnectionsEnd() throws Exception {
        try (RecordingSink sink = RecordingSink.open();
                ChildPlatform platform = ChildPlatform.in(home)) {
            configure(sink.port());
            // whose last load may be cut off, with a warning, where the machine is slow
            Files.writeString(home.resolve("config/platform.yaml"), "warehouse: {enabled: false}\n");
            platform.start();
            String body = "{\"writeKey\":\"process-key\",\"event\":\"Late\",\"userId\":\"u\"}";
            try (Socket slow = new Socket(InetAddress.getLoopbackAddress(), platform.port());
                    Socket idle = new Socket(InetAddress.getLoopbackAddress(), platform.port())) {
                slow.setSoTimeout((int) STANDSTILL.toMillis());
                idle.setSoTimeout((int) STANDSTILL.toMillis());
                write(slow, "POST /v1/track HTTP/1.1\r\nHost: h\r\nContent-Length: " + body.length() + "\r\n\r\n");
                write(slow, body.substring(0, 10));
                write(idle, "GET /health/live HTTP/1.1\r\nHost: h\r\n\r\n");
                assertThat(line(idle)).startsWith("HTTP/1.1 200");

                CompletableFuture<Duration> stopping = platform.stopping();
                awaitEnd(idle);
                write(slow, body.substring(10));
                String answer = line(slow);

                assertThat(answer).startsWith("HTTP/1.1 200");
                assertThat(stopping.get(1, TimeUnit.MINUTES)).isLessThan(Duration.ofSeconds(30));
            }
            List<String> faults = Files.readAllLines(platform.log()).stream()
                    .filter(line -> line.matches(".* (WARN|ERROR) .*"))
                    .filter(line -> !line.contains("BlockedThreadChecker")) // which tells how slow the machine is
                    .toList();
            assertThat(faults).isEmpty();
        }
    }

    @Test
    void beingKilledLeavesNothingAmongTheTemporaryFilesOfTheSystem() throws Exception {
        try (RecordingSink sink = RecordingSink.open();
                ChildPlatform platform = ChildPlatform.in(home)) {
            configure(sink.port());
            Files.writeString(home.resolve("config/platform.yaml"), "warehouse: {commit-interval: 100ms}\n");
            for (int kills = 0; kills < 3; kills++) {
                platform.start();
                Sender sender = new Sender("s" + kills, platform.port(), "process-key", acknowledged);
                Thread thread = Thread.ofVirtual().start(sender);
                awaitRowsInTheWarehouse(platform); // by then everything is loaded that is unpacked to be loaded
                sender.end();
                thread.join();
                platform.kill();
            }

            assertThat(platform.temporary()).isEmptyDirectory();
        }
    }

    private static void awaitRowsInTheWarehouse(ChildPlatform platform) throws Exception {
        long deadline = System.nanoTime() + Duration.ofMinutes(3).toNanos();
        while (platform.get("/metrics")
                .lines()
                .noneMatch(line -> line.matches("segmentdo_warehouse_rows_total [1-9].*"))) {
            assertThat(System.nanoTime()).as("still waiting").isLessThan(deadline);
            Thread.sleep(20);
        }
    }

    /** Reads until the other side has closed the connection. */
    private static void awaitEnd(Socket socket) throws IOException {
        InputStream in = socket.getInputStream();
        while (in.read() >= 0) {
            // the rest of an answer
        }
    }

    private static void write(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().flush();
    }

    private static String line(Socket socket) throws IOException {
        return new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1))
                .readLine();
    }

    private void awaitAcknowledged(int count) throws InterruptedException {
        long deadline = System.nanoTime() + STANDSTILL.toNanos();
        while (acknowledged.size() < count) {
            assertThat(System.nanoTime()).as("still waiting").isLessThan(deadline);
            Thread.sleep(10);
        }
    }

    private void configure(int... sinkPorts) throws Exception {
        Path workspaces = Files.createDirectories(home.resolve("config/workspaces"));
        List<String> lines = new ArrayList<>(
                List.of("sources: [{id: app, kind: server, write-keys: [process-key]}]", "destinations:"));
        for (int port : sinkPorts) {
            lines.add("  - id: sink-" + port);
            lines.add("    plugin: webhook");
            lines.add("    settings: {url: \"http://127.0.0.1:" + port + "/\"}");
            lines.add("    connections: [{source: app}]");
        }
        Files.write(workspaces.resolve("process.yaml"), lines);
    }
}
