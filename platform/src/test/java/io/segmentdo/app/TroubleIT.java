package io.segmentdo.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.segmentdo.FreePort;
import io.segmentdo.plugin.PluginJars;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A whole node with two destinations of which one is in trouble: the other one's events arrive as fast as ever, and when
 * the trouble is over, everything has arrived at both.
 */
class TroubleIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int EVENTS = 60;

    /** A destination that writes down what it gets, once {@code #DO} lets it. */
    private static final String ACME = """
        public class Acme implements Destination {
            public Descriptor descriptor() {
                return Descriptor.of("acme", "Acme").settings(Setting.text("file"));
            }
            public Connector connect(Settings settings, DestinationContext context) {
                var file = java.nio.file.Path.of(settings.text("file"));
                return (BlockingConnector) batch -> {
                    #DO
                    return batch.stream().map(event -> {
                        try {
                            java.nio.file.Files.writeString(file, event.messageId() + "\\n",
                                java.nio.file.StandardOpenOption.CREATE, java.nio.file.StandardOpenOption.APPEND);
                        } catch (java.io.IOException e) {
                            throw new java.io.UncheckedIOException(e);
                        }
                        return Delivery.delivered();
                    }).toList();
                };
            }
        }
        """;

    @TempDir
    Path home;

    private final HttpClient client = HttpClient.newHttpClient();
    private final RecordingSink good = RecordingSink.open();
    private final Set<String> sent = new HashSet<>();
    private int port;
    private Path plugins;
    private Path file;
    private Node node;

    @BeforeEach
    void start() throws Exception {
        port = FreePort.find();
        file = home.resolve("delivered");
        plugins = Files.createDirectories(home.resolve("plugins"));
        PluginJars.webhook(plugins, "webhook.jar");
        install("");
        node = Nodes.start(home, home.resolve("data"), """
            sources:
              - {id: app, kind: server, write-keys: [shop-key]}
            destinations:
              - id: good
                plugin: webhook
                settings: {url: "http://127.0.0.1:%d/"}
                connections: [{source: app}]
              - id: sink
                plugin: webhook
                settings: {url: "http://127.0.0.1:%d/"}
                connections: [{source: app}]
              - id: acme
                plugin: acme
                settings: {file: "%s"}
                connections: [{source: app}]
            """.formatted(good.port(), port, file), """
            plugins: {poll-interval: 50ms}
            delivery:
              plugin-timeout: 1s
              http: {request-timeout: 300ms}
              breaker: {failures: 5, reset: 100ms}
              retry: {backoff: 20ms, backoff-max: 200ms}
            """);
    }

    @AfterEach
    void stop() {
        node.close();
        good.close();
        client.close();
    }

    /** What may be behind the address of a destination. */
    enum Sink {
        ABSENT {
            @Override
            void meet(Socket socket) throws IOException {
                socket.close(); // never called: nobody listens
            }
        },
        HANGING {
            @Override
            void meet(Socket socket) {
                // it stays open
            }
        },
        BABBLING {
            @Override
            void meet(Socket socket) throws IOException {
                socket.getInputStream().read();
                socket.getOutputStream().write("\0\1\2 no HTTP at all\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
                socket.close();
            }
        };

        abstract void meet(Socket socket) throws IOException;
    }

    @ParameterizedTest
    @EnumSource
    void aSinkInTroubleCostsTheOtherDestinationNothing(Sink kind) throws Exception {
        Duration before;
        try (RecordingSink healthy = RecordingSink.open(port)) {
            before = typicalLatency("before");
            assertThat(healthy.awaitMessageIds(Set.copyOf(sent), PATIENCE)).isEmpty();
        }
        Set<String> sentBefore = Set.copyOf(sent);

        Duration during;
        try (TroubledSink ignored = TroubledSink.open(kind, port)) {
            post("first");
            await(() -> health().contains("shop/sink is BROKEN"));
            during = typicalLatency("during");
            assertThat(health()).contains("shop/sink is BROKEN");
        }

        try (RecordingSink healthy = RecordingSink.open(port)) {
            Set<String> missed = new HashSet<>(sent);
            missed.removeAll(sentBefore);
            assertThat(healthy.awaitMessageIds(missed, PATIENCE)).isEmpty();
            assertUnaffected(before, during, typicalLatency("after"));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "if (true) { throw new IllegalStateException(\"broken\"); }",
                "if (true) { throw new NoClassDefFoundError(\"gone\"); }",
                "while (!batch.isEmpty()) { try { Thread.sleep(1_000); } catch (InterruptedException e) { /* never"
                        + " mind */ } }"
            })
    void aPluginInTroubleCostsTheOtherDestinationNothing(String what) throws Exception {
        try (RecordingSink healthy = RecordingSink.open(port)) {
            Duration before = typicalLatency("before");
            await(() -> delivered().containsAll(sent));

            install(what);
            await(() -> {
                post("probe-" + sent.size());
                return health().contains("shop/acme is ");
            });
            Duration during = typicalLatency("during");
            assertThat(health()).contains("shop/acme is ");
            install("");

            await(() -> delivered().containsAll(sent));
            assertUnaffected(before, during, typicalLatency("after"));
            assertThat(healthy.awaitMessageIds(Set.copyOf(sent), PATIENCE)).isEmpty();
        }
    }

    @Test
    void aJarMayComeGoAndChangeWhileEventsFlow() throws Exception {
        try (RecordingSink healthy = RecordingSink.open(port)) {
            for (int round = 0; round < 4; round++) {
                typicalLatency("loaded-" + round);
                Files.delete(plugins.resolve("acme.jar"));
                await(() -> health().contains("there is no plugin acme"));
                typicalLatency("gone-" + round);
                install("int round = " + round + ";");
                await(() -> !health().contains("there is no plugin acme"));
            }

            await(() -> delivered().containsAll(sent));
            assertThat(delivered()).hasSameSizeAs(Set.copyOf(delivered()));
            assertThat(healthy.awaitMessageIds(Set.copyOf(sent), PATIENCE)).isEmpty();
        }
    }

    private static void assertUnaffected(Duration before, Duration during, Duration after) {
        Duration asEver = before.compareTo(after) > 0 ? before : after;
        assertThat(during)
                .as("from event to the good destination: before %s, during %s, after %s", before, during, after)
                .isLessThan(asEver.multipliedBy(3).plusMillis(20));
    }

    /** Sends events one after another, each when the one before has arrived at the good destination. */
    private Duration typicalLatency(String prefix) throws InterruptedException {
        List<Duration> latencies = new ArrayList<>();
        for (int i = 0; i < EVENTS; i++) {
            String messageId = prefix + "-" + i;
            long start = System.nanoTime();
            post(messageId);
            latencies.add(Duration.ofNanos(good.awaitArrival(messageId, PATIENCE) - start));
        }
        latencies.sort(null);
        return latencies.get(EVENTS / 2);
    }

    private void install(String what) {
        PluginJars.compiled(plugins, "acme.jar", "Acme", Map.of("Acme", ACME.replace("#DO", what)));
    }

    private List<String> delivered() {
        try {
            return Files.exists(file) ? Files.readAllLines(file) : List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void post(String messageId) {
        sent.add(messageId);
        String body = """
            {"writeKey":"shop-key","messageId":"%s","userId":"u-%d","event":"Bought"}\
            """.formatted(messageId, messageId.hashCode() % 7);
        HttpRequest request = HttpRequest.newBuilder(uri("/v1/track"))
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        assertThat(exchange(request)).isEqualTo("{\"success\":true}");
    }

    private String health() {
        return exchange(HttpRequest.newBuilder(uri("/health")).build());
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + node.port() + path);
    }

    private String exchange(HttpRequest request) {
        try {
            return client.send(request, HttpResponse.BodyHandlers.ofString()).body();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("still waiting").isLessThan(deadline);
            Thread.sleep(20);
        }
    }

    /** An address where nothing good happens. */
    private record TroubledSink(ServerSocket server, List<Socket> sockets) implements AutoCloseable {
        static TroubledSink open(Sink kind, int port) throws IOException {
            ServerSocket server = new ServerSocket();
            TroubledSink sink = new TroubledSink(server, new ArrayList<>());
            if (kind != Sink.ABSENT) {
                server.bind(new java.net.InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                Thread.ofVirtual().start(() -> sink.serve(kind));
            }
            return sink;
        }

        private void serve(Sink kind) {
            while (!server.isClosed()) {
                try {
                    Socket socket = server.accept();
                    keep(socket);
                    kind.meet(socket);
                } catch (IOException e) {
                    // this one is gone, or all are
                }
            }
        }

        private synchronized void keep(Socket socket) {
            sockets.add(socket);
        }

        @Override
        public synchronized void close() throws IOException {
            server.close();
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }
}
