package io.segmentdo.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.segmentdo.config.ConfigLoader;
import io.segmentdo.config.Loaded;
import io.segmentdo.event.IdentifiedEvent;
import io.segmentdo.event.OutboxEntry;
import io.segmentdo.plugin.PluginJars;
import io.segmentdo.store.Outbox;
import io.segmentdo.store.OutboxConfig;
import io.segmentdo.store.PartitionStore;
import io.segmentdo.store.PostgresConfig;
import io.segmentdo.store.StoreConfig;
import io.segmentdo.store.postgres.PostgresPartitionStore;
import io.segmentdo.store.postgres.RealPostgres;
import io.vertx.core.Vertx;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole node on a PostgreSQL that goes away and comes back. */
class NodeOnPostgresIT {
    private static final int PARTITIONS = 4;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path home;

    private final HttpClient client = HttpClient.newHttpClient();
    private final RecordingSink sink = RecordingSink.open();
    private final Set<String> accepted = new HashSet<>();
    private RealPostgres postgres;
    private PostgresConfig database;
    private Node node;

    @BeforeEach
    void start() throws Exception {
        postgres = RealPostgres.in(home.resolve("postgres"));
        database = postgres.config();
        Path config = home.resolve("config");
        Path workspaces = Files.createDirectories(config.resolve("workspaces"));
        Files.writeString(workspaces.resolve("shop.yaml"), """
                sources:
                  - {id: app, kind: server, write-keys: [shop-key]}
                destinations:
                  - id: sink
                    plugin: webhook
                    settings: {url: "http://127.0.0.1:%d/"}
                    connections: [{source: app}]
                """.formatted(sink.port()));
        Path plugins = Files.createDirectories(home.resolve("plugins"));
        PluginJars.webhook(plugins, "webhook.jar");
        Files.writeString(config.resolve("platform.yaml"), """
                plugins: {folders: ["%s"]}
                route: {retry-delay-max: 500ms}
                store:
                  engine: postgres
                  partitions: %d
                  postgres: {port: %d, database: postgres, user: postgres, password: "${env:PASSWORD}", schema: %s, patience: 500ms}
                """.formatted(
                        plugins, PARTITIONS, database.port(), database.schema()));
        Loaded<PlatformConfig> loaded = new ConfigLoader(Map.of("PASSWORD", "postgres"), config)
                .load(
                        PlatformConfig.class,
                        config.resolve("platform.yaml"),
                        Map.of("app.data-directory", home.resolve("data").toString(), "http.port", "0"));
        node = Node.start(loaded, config, List.of());
    }

    @AfterEach
    void stop() {
        node.close();
        sink.close();
        postgres.close();
    }

    @Test
    void eventsAreTakenWhileTheDatabaseIsAwayAndAllArriveWhenItIsBack() throws Exception {
        send("before", 50);
        assertThat(sink.awaitMessageIds(accepted, PATIENCE)).isEmpty();

        postgres.stop();
        send("during", 100);
        await(() -> get("/health").contains("PostgreSQL is away"));
        assertThat(get("/health")).contains("\"ready\":true");
        assertThat(sink.arrivals()).hasSize(50);
        postgres.startAgain();
        send("after", 50);

        assertThat(sink.awaitMessageIds(accepted, PATIENCE)).isEmpty();
        await(() -> !get("/health").contains("PostgreSQL is away"));
        assertThat(get("/metrics"))
                .contains(
                        "segmentdo_store_commit_seconds_count",
                        "segmentdo_store_retries_total",
                        "segmentdo_store_refused_total",
                        "segmentdo_store_transaction_changes_count",
                        "segmentdo_store_waiting",
                        "segmentdo_store_reached 1",
                        "segmentdo_store_owned " + PARTITIONS);
        node.close();
        assertThat(identified()).containsExactlyInAnyOrderElementsOf(accepted);
    }

    /** The messageIds of all events in the outbox, as often as they are there. */
    private List<String> identified() {
        Vertx vertx = Vertx.vertx();
        List<String> messageIds = new ArrayList<>();
        try (PartitionStore store = PostgresPartitionStore.open(
                vertx, StoreConfig.DEFAULT.withPartitions(PARTITIONS).on(database), new SimpleMeterRegistry())) {
            Outbox outbox = new Outbox(store, OutboxConfig.DEFAULT, new SimpleMeterRegistry(), Clock.systemUTC());
            for (int partition = 0; partition < PARTITIONS; partition++) {
                for (OutboxEntry entry : outbox.read(partition, 1, 10_000, Long.MAX_VALUE)) {
                    if (entry instanceof IdentifiedEvent identified) {
                        messageIds.add(identified.event().messageId());
                    }
                }
            }
        }
        vertx.close().await();
        return messageIds;
    }

    private void send(String prefix, int count) throws Exception {
        for (int i = 0; i < count; i++) {
            String messageId = prefix + i;
            HttpResponse<String> answer = client.send(
                    HttpRequest.newBuilder(uri("/v1/track"))
                            .header("Content-Type", "application/json")
                            .POST(HttpRequest.BodyPublishers.ofString(
                                    "{\"writeKey\":\"shop-key\",\"event\":\"Seen\",\"userId\":\"u%d\",\"anonymousId\":\"a%d\",\"messageId\":\"%s\"}"
                                            .formatted(i % 7, i % 11, messageId)))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            accepted.add(messageId);
        }
    }

    private String get(String path) {
        try {
            return client.send(HttpRequest.newBuilder(uri(path)).build(), HttpResponse.BodyHandlers.ofString())
                    .body();
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + node.port() + path);
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("deadline").isLessThan(deadline);
            TimeUnit.MILLISECONDS.sleep(50);
        }
    }
}
