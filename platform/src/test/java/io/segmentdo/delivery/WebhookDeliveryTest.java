package io.segmentdo.delivery;

import static io.segmentdo.delivery.Pipeline.await;
import static io.segmentdo.delivery.Pipeline.destination;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.segmentdo.config.ByteSize;
import io.segmentdo.connector.DeclaredDestination;
import io.segmentdo.destination.Catalogue;
import io.segmentdo.destination.ConfiguredDestination;
import io.segmentdo.plugin.PluginJars;
import io.segmentdo.plugin.Plugins;
import io.segmentdo.plugin.PluginsConfig;
import io.segmentdo.store.InMemoryStore;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
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
                DeclaredDestination::read,
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
            pipeline.deliveries().replaceAll(List.of(webhook(Map.of("batchSize", 100, "batchLingerMillis", 1_000))));

            pipeline.publish(0, 500);
            pipeline.awaitSettled();

            assertThat(sink.accepted()).containsExactlyInAnyOrderElementsOf(messages(0, 500));
            assertThat(sink.requests()).isBetween(5, 10);
        }
    }

    @Test
    void aSinkThatFailsInEveryWayGetsEverythingInTheEnd() {
        sink.behave(WebhookDeliveryTest::misbehave);
        try (Pipeline pipeline = new Pipeline(store, plugins, impatient())) {
            pipeline.deliveries().replaceAll(List.of(webhook(Map.of())));

            pipeline.publish(0, 300);
            pipeline.awaitSettled();

            assertThat(sink.accepted()).containsExactlyInAnyOrderElementsOf(messages(0, 300));
            assertThat(pipeline.status("hook").counts().dead()).isZero();
        }
    }

    @Test
    void whatTheSinkRefusesIsADeadLetterWithoutSecrets() {
        sink.behave((request, id, attempt) ->
                request.response().setStatusCode(422).end("do not know " + request.getHeader("Authorization")));
        try (Pipeline pipeline = new Pipeline(store, plugins, Pipeline.QUICK)) {
            pipeline.deliveries()
                    .replaceAll(List.of(webhook(Map.of("headers", Map.of("Authorization", "Bearer top-secret")))));

            pipeline.publish(0, 1);
            pipeline.awaitSettled();

            DeadLetter letter = pipeline.deliveries()
                    .deadLetters()
                    .list("w/hook", Optional.empty(), 10)
                    .letters()
                    .getFirst();
            assertThat(letter.reason()).isEqualTo("HTTP 422");
            assertThat(letter.request()).startsWith("POST http://127.0.0.1").contains("Order Completed");
            assertThat(letter.response()).contains("HTTP 422").contains("do not know ***");
        }
    }

    @Test
    void aNamedDelayPausesTheWholeDestination() {
        AtomicBoolean busy = new AtomicBoolean(true);
        sink.behave((request, id, attempt) -> {
            if (busy.getAndSet(false)) {
                request.response()
                        .setStatusCode(429)
                        .putHeader("Retry-After", "1")
                        .end();
            } else {
                ChaosSink.status(request, 200);
            }
        });
        try (Pipeline pipeline = new Pipeline(store, plugins, Pipeline.QUICK)) {
            pipeline.deliveries().replaceAll(List.of(webhook(Map.of())));
            pipeline.publish(0, 1);
            await(() -> pipeline.status("hook").state() == DestinationStatus.State.THROTTLED);

            long start = System.nanoTime();
            pipeline.publish(1, 20);
            pipeline.awaitSettled();

            assertThat(sink.accepted()).hasSize(20);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(500));
        }
    }

    @Test
    void aSinkThatHangsCostsOnlyItsOwnDestination() {
        try (ChaosSink hanging = new ChaosSink();
                Pipeline pipeline = new Pipeline(store, plugins, impatient())) {
            hanging.behave((request, id, attempt) -> {});
            pipeline.deliveries()
                    .replaceAll(List.of(
                            webhook(Map.of()), destination("hanging", "webhook", Map.of("url", hanging.url()))));

            pipeline.publish(0, 200);
            await(() -> sink.accepted().size() == 200, Duration.ofSeconds(30));
            hanging.behave(ChaosSink.ACCEPT);
            pipeline.awaitSettled();

            assertThat(hanging.accepted()).containsExactlyInAnyOrderElementsOf(messages(0, 200));
        }
    }

    @Test
    void anAddressWhereNobodyListensOpensTheBreakerAndLosesNothing() {
        DeliveryConfig tripping = Quick.config().breaker(5).build();
        try (Pipeline pipeline = new Pipeline(store, plugins, tripping)) {
            pipeline.deliveries()
                    .replaceAll(List.of(destination("hook", "webhook", Map.of("url", "http://127.0.0.1:1/"))));
            pipeline.publish(0, 2_000);
            await(() -> pipeline.status("hook").state() == DestinationStatus.State.BROKEN);

            assertThat(pipeline.status("hook").counts().retrying()).isLessThan(500);
            pipeline.deliveries().replaceAll(List.of(webhook(Map.of())));
            pipeline.awaitSettled();

            assertThat(sink.accepted()).containsExactlyInAnyOrderElementsOf(messages(0, 2_000));
        }
    }

    @Test
    void theJarMayBeReplacedAndRemovedWhileEventsFlow() throws IOException {
        try (Pipeline pipeline = new Pipeline(store, plugins, Pipeline.QUICK)) {
            pipeline.deliveries().replaceAll(List.of(webhook(Map.of())));
            for (int round = 0; round < 10; round++) {
                pipeline.publish(round * 100, round * 100 + 100);
                Files.setLastModifiedTime(jars.resolve("webhook.jar"), FileTime.fromMillis(1_000_000L * (round + 1)));
                int delivered = round * 50;
                await(() -> sink.accepted().size() >= delivered);
            }
            pipeline.awaitSettled();
            Files.delete(jars.resolve("webhook.jar"));
            await(() -> pipeline.status("hook").state() == DestinationStatus.State.WAITING);
            pipeline.publish(1_000, 1_100);
            PluginJars.webhook(jars, "webhook-again.jar");
            pipeline.awaitSettled();

            assertThat(sink.accepted()).containsExactlyInAnyOrderElementsOf(messages(0, 1_100));
        }
    }

    @Test
    void fiftyReloadsUnderLoadLoseNoEventAndLeaveNoClassesBehind() throws Exception {
        List<WeakReference<ClassLoader>> loaders = new ArrayList<>();
        try (Pipeline pipeline = new Pipeline(store, plugins, Pipeline.QUICK)) {
            AtomicInteger reloads = new AtomicInteger();
            try (AutoCloseable listening = plugins.onChange(id -> reloads.incrementAndGet())) {
                pipeline.deliveries().replaceAll(List.of(webhook(Map.of())));
                int published = 0;
                for (int round = 1; round <= 50; round++) {
                    Files.setLastModifiedTime(jars.resolve("webhook.jar"), FileTime.fromMillis(1_000_000L * round));
                    int before = reloads.get();
                    do { // so that events are under way whenever the change comes
                        pipeline.publish(published, published + 5);
                        published += 5;
                        int sent = published - 100;
                        await(() -> sink.accepted().size() >= sent);
                    } while (reloads.get() == before);
                    loaders.add(loader());
                }
                pipeline.awaitSettled();

                assertThat(sink.accepted()).containsExactlyInAnyOrderElementsOf(messages(0, published));
            }
        }
        Files.delete(jars.resolve("webhook.jar"));
        await(() -> plugins.descriptors().isEmpty());
        await(() -> {
            System.gc();
            return loaders.stream().allMatch(loader -> loader.refersTo(null));
        });
    }

    private WeakReference<ClassLoader> loader() {
        try (Catalogue.Lease lease = plugins.lease("webhook").orElseThrow()) {
            return new WeakReference<>(lease.destination().getClass().getClassLoader());
        }
    }

    @Test
    void aRestartContinuesFromTheCursors() {
        var on = List.of(webhook(Map.of()));
        sink.behave((request, id, attempt) -> request.response()
                .setStatusCode(attempt == 1 && id.endsWith("7") ? 500 : 200)
                .end());
        try (Pipeline first = new Pipeline(store, plugins, Pipeline.QUICK)) {
            first.deliveries().replaceAll(on);
            first.publish(0, 1_000);
            await(() -> sink.accepted().size() > 300);
        }
        try (Pipeline second = new Pipeline(store.restart(), plugins, Pipeline.QUICK)) {
            second.deliveries().replaceAll(on);
            await(() -> sink.accepted().size() >= 1_000);
            second.awaitSettled();

            assertThat(sink.accepted()).containsExactlyInAnyOrderElementsOf(messages(0, 1_000));
        }
    }

    /** Each message fails once in one of many ways, then it is taken. */
    private static void misbehave(HttpServerRequest request, String messageId, int attempt) {
        HttpServerResponse response = request.response();
        if (attempt > 1) {
            ChaosSink.status(request, 200);
            return;
        }
        switch (Math.floorMod(messageId.hashCode(), 8)) {
            case 0 -> ChaosSink.status(request, 500);
            case 1 -> request.connection().close();
            case 2 -> response.setStatusCode(429).putHeader("Retry-After", "0").end();
            case 3 ->
                response.setStatusCode(503)
                        .putHeader("Retry-After", "not a date")
                        .end("later");
            case 4 -> response.setStatusCode(502).setChunked(true).write("half an ans");
            case 5 -> response.setStatusCode(599).end("x".repeat(100_000));
            case 6 -> {} // no answer at all
            default -> ChaosSink.status(request, 200);
        }
    }

    private static DeliveryConfig impatient() {
        return Quick.config()
                .http(new DeliveryConfig.HttpConfig(
                        Duration.ofSeconds(1), Duration.ofMillis(1500), Duration.ofSeconds(10), ByteSize.kibibytes(4)))
                .build();
    }

    private ConfiguredDestination webhook(Map<String, Object> more) {
        Map<String, Object> settings = new HashMap<>(more);
        settings.put("url", sink.url());
        return destination("hook", "webhook", settings);
    }

    private static List<String> messages(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> "m" + i).toList();
    }
}
