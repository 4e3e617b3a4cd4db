package io.segmentdo.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.segmentdo.plugin.PluginJars;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
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
