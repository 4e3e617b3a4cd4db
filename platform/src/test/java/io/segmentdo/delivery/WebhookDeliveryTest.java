package io.segmentdo.delivery;

import static io.segmentdo.delivery.Pipeline.destination;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.segmentdo.destination.ConfiguredDestination;
import io.segmentdo.plugin.PluginJars;
import io.segmentdo.plugin.Plugins;
import io.segmentdo.plugin.PluginsConfig;
import io.segmentdo.store.InMemoryStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The webhook's JAR, in its own class loader, from the outbox to a server. */
class WebhookDeliveryTest {
    @TempDir
    Path folder;

    private final ChaosSink sink = new ChaosSink();
    private final InMemoryStore store = new InMemoryStore(8);
    private Path jars;
    private Plugins plugins;

    @BeforeEach
    void loadPlugins() throws IOException {
        jars = Files.createDirectory(folder.resolve("plugins"));
        PluginJars.webhook(jars, "webhook.jar");
        plugins = Plugins.open(
                new PluginsConfig(List.of(jars.toString()), Duration.ofMillis(20), Duration.ofSeconds(10)),
                folder.resolve("copies"),
                new SimpleMeterRegistry());
    }

    @AfterEach
    void close() {
        plugins.close();
        sink.close();
    }

    @Test
    void everyEventReachesTheWebhookOnce() {
        try (Pipeline pipeline = new Pipeline(store, plugins, Pipeline.QUICK)) {
            pipeline.deliveries().replaceAll(List.of(webhook(Map.of())));

            pipeline.publish(0, 500);
            pipeline.awaitSettled();

            assertThat(sink.accepted()).containsExactlyInAnyOrderElementsOf(messages(0, 500));
            assertThat(pipeline.status("hook").counts().delivered()).isEqualTo(500);
        }
    }

    @Test
    void aBatchIsOneRequest() {
        try (Pipeline pipeline = new Pipeline(store, plugins, Pipeline.QUICK)) {
            pipeline.deliveries().replaceAll(List.of(webhook(Map.of("batchSize", 100, "batchLingerMillis", 50))));

            pipeline.publish(0, 500);
            pipeline.awaitSettled();

            assertThat(sink.accepted()).containsExactlyInAnyOrderElementsOf(messages(0, 500));
            assertThat(sink.requests()).isBetween(5, 10);
        }
    }

    private ConfiguredDestination webhook(Map<String, Object> more) {
        Map<String, Object> settings = new java.util.HashMap<>(more);
        settings.put("url", sink.url());
        return destination("hook", "webhook", settings);
    }

    private static List<String> messages(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> "m" + i).toList();
    }
}
