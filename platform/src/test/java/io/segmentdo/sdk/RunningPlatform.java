package io.segmentdo.sdk;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.segmentdo.app.Node;
import io.segmentdo.app.PlatformConfig;
import io.segmentdo.config.ConfigLoader;
import io.segmentdo.config.Loaded;
import io.segmentdo.event.IdentifiedEvent;
import io.segmentdo.event.OutboxEntry;
import io.segmentdo.plugin.PluginJars;
import io.segmentdo.source.SourceKind;
import io.segmentdo.store.Outbox;
import io.segmentdo.store.OutboxConfig;
import io.segmentdo.store.StoreConfig;
import io.segmentdo.store.rocks.RocksPartitionStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A whole node in this JVM, with a source of every kind whose events all go to one webhook.
 *
 * <p>Confined to the test's thread.
 */
final class RunningPlatform implements AutoCloseable {
    private static final int MANY = 10_000;

    private final Path data;
    private final WebhookSink sink;
    private final Node node;
    private boolean isClosed;

    private RunningPlatform(Path data, WebhookSink sink, Node node) {
        this.data = data;
        this.sink = sink;
        this.node = node;
    }

    /** Starts it on nothing but an empty folder. */
    static RunningPlatform start(Path home) throws IOException {
        return start(home, "");
    }

    /** Starts it so that it refuses what comes faster from one source than this. */
    static RunningPlatform startTaking(int eventsPerSecond, Path home) throws IOException {
        return start(home, """
                collect:
                  rate-limit: {source-events-per-second: %d, burst: 100ms}
                """.formatted(eventsPerSecond));
    }

    private static RunningPlatform start(Path home, String moreConfiguration) throws IOException {
        WebhookSink sink = WebhookSink.open();
        try {
            Path config = home.resolve("config");
            Path data = home.resolve("data");
            Path plugins = Files.createDirectories(home.resolve("plugins"));
            PluginJars.webhook(plugins, "webhook.jar");
            Path workspaces = Files.createDirectories(config.resolve("workspaces"));
            Files.writeString(workspaces.resolve("shop.yaml"), workspace(sink.port()));
            Path platform =
                    Files.writeString(config.resolve("platform.yaml"), """
                    app: {data-directory: %s, demo: false}
                    http: {port: 0}
                    plugins: {folders: [%s]}
                    %s""".formatted(data, plugins, moreConfiguration));
            Loaded<PlatformConfig> loaded =
                    new ConfigLoader(Map.of(), config).load(PlatformConfig.class, platform, Map.of());
            return new RunningPlatform(data, sink, Node.start(loaded, config, List.of()));
        } catch (RuntimeException | IOException e) {
            sink.close();
            throw e;
        }
    }

    private static String workspace(int sinkPort) {
        StringBuilder sources = new StringBuilder();
        StringBuilder connections = new StringBuilder();
        for (SourceKind kind : SourceKind.values()) {
            String id = kind.name().toLowerCase(Locale.ROOT);
            sources.append("  - {id: %s, kind: %s, write-keys: [%s]}\n".formatted(id, id, key(kind)));
            connections.append("      - source: %s\n".formatted(id));
        }
        return """
                sources:
                %sdestinations:
                  - id: sink
                    plugin: webhook
                    ordered: true
                    settings:
                      url: http://127.0.0.1:%d/
                    connections:
                %s""".formatted(sources, sinkPort, connections);
    }

    private static String key(SourceKind kind) {
        return "key-of-" + kind.name().toLowerCase(Locale.ROOT);
    }

    int port() {
        return node.port();
    }

    String writeKey(SourceKind kind) {
        return key(kind);
    }

    WebhookSink sink() {
        return sink;
    }

    /** Which profile each event was resolved to, by its message id; asked for after the end. */
    Map<String, String> profiles() throws Exception {
        Map<String, String> profiles = new HashMap<>();
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        try (RocksPartitionStore store = RocksPartitionStore.open(data.resolve("store"), StoreConfig.DEFAULT, meters)) {
            Outbox outbox = new Outbox(store, OutboxConfig.DEFAULT, meters, Clock.systemUTC());
            for (int partition = 0; partition < store.partitions(); partition++) {
                for (OutboxEntry entry : outbox.read(partition, 1, MANY, Long.MAX_VALUE)) {
                    if (entry instanceof IdentifiedEvent identified) {
                        profiles.put(identified.event().messageId(), identified.profileId());
                    }
                }
            }
        }
        return profiles;
    }

    /** Ends the platform; what is on its way is delivered before. */
    @Override
    public void close() {
        if (!isClosed) {
            isClosed = true;
            node.close();
            sink.close();
        }
    }
}
