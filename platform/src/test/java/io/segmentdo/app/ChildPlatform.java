package io.segmentdo.app;

import io.segmentdo.FreePort;
import io.segmentdo.plugin.PluginJars;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * The platform in a JVM of its own, so that a test can kill it and start it again on the same data.
 *
 * <p>Its home is a folder of the test with {@code config/}, {@code data/}, {@code plugins/} and {@code tmp/}, so that nothing
 * depends on what a build has packaged by the time the tests run.
 */
final class ChildPlatform implements AutoCloseable {
    private static final Duration START_TIMEOUT = Duration.ofMinutes(6);

    /**
     * Where a process runs.
     *
     * @param host the address that it listens on
     * @param prefix what its command line begins with
     */
    record Place(String host, List<String> prefix) {
        static final Place HERE = new Place("127.0.0.1", List.of());
    }

    private final Path home;
    private final Place place;
    private final int port;
    private final List<String> extraArguments;
    private Process process;

    private ChildPlatform(Path home, Place place, int port, List<String> extraArguments) {
        this.home = home;
        this.place = place;
        this.port = port;
        this.extraArguments = extraArguments;
    }

    /** Puts the webhook plugin into {@code <home>/plugins}; starts nothing yet. */
    static ChildPlatform in(Path home, String... extraArguments) throws IOException {
        return in(home, Place.HERE, extraArguments);
    }

    static ChildPlatform in(Path home, Place place, String... extraArguments) throws IOException {
        PluginJars.webhook(Files.createDirectories(home.resolve("plugins")), "webhook.jar");
        Files.createDirectories(home.resolve("tmp"));
        return new ChildPlatform(home, place, FreePort.find(), List.of(extraArguments));
    }

    int port() {
        return port;
    }

    /** An address of its HTTP server. */
    URI uri(String path) {
        return URI.create("http://" + place.host() + ":" + port + path);
    }

    Path home() {
        return home;
    }

    long pid() {
        return process.pid();
    }

    /** Starts the process and returns when it is ready to take events. */
    void start() throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(place.prefix());
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Dvertx.disableDnsResolver=true",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx384m",
                "-Djava.io.tmpdir=" + temporary(),
                "-Dsegmentdo.home=" + home,
                "io.segmentdo.app.cli.Main",
                "up",
                "--no-demo",
                "--host",
                place.host(),
                "--port",
                String.valueOf(port),
                "--config",
                home.resolve("config").toString(),
                "--data",
                home.resolve("data").toString()));
        command.addAll(extraArguments);
        process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
                .start();
        awaitReady();
    }

    private void awaitReady() throws IOException, InterruptedException {
        long deadline = System.nanoTime() + START_TIMEOUT.toNanos();
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest ready = HttpRequest.newBuilder(uri("/health/ready"))
                    .timeout(Duration.ofSeconds(1))
                    .build();
            while (System.nanoTime() < deadline && process.isAlive()) {
                try {
                    if (client.send(ready, HttpResponse.BodyHandlers.discarding())
                                    .statusCode()
                            == 200) {
                        return;
                    }
                } catch (IOException notYet) {
                    // still starting
                }
                Thread.sleep(10);
            }
        }
        throw new AssertionError("the platform did not become ready:\n" + Files.readString(log()));
    }

    /** What the running process says about itself. */
    String health() throws IOException, InterruptedException {
        return get("/health");
    }

    /** A page that needs no token here. */
    String get(String path) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest page = HttpRequest.newBuilder(uri(path))
                    .timeout(Duration.ofSeconds(60))
                    .build();
            return client.send(page, HttpResponse.BodyHandlers.ofString()).body();
        }
    }

    /** SIGKILL: nothing is flushed, nobody is told. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** SIGTERM, as an operator stops it; returns how long it took. */
    Duration stop() throws InterruptedException {
        long start = System.nanoTime();
        process.destroy();
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            kill();
            throw new AssertionError("the platform did not end within a minute of SIGTERM");
        }
        return Duration.ofNanos(System.nanoTime() - start);
    }

    /** SIGTERM without waiting; later, how long it took. */
    CompletableFuture<Duration> stopping() {
        long start = System.nanoTime();
        process.destroy();
        return process.onExit().thenApply(ended -> Duration.ofNanos(System.nanoTime() - start));
    }

    /** The system's directory for temporary files, as the process sees it. */
    Path temporary() {
        return home.resolve("tmp");
    }

    /** What the process printed. */
    Path log() {
        return home.resolve("platform.log");
    }

    @Override
    public void close() throws IOException {
        if (process != null && process.isAlive()) {
            process.destroyForcibly().onExit().join();
        }
    }
}
