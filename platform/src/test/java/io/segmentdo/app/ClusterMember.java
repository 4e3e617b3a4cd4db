package io.segmentdo.app;

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
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One member of a cluster in a JVM of its own, which a test can stop in every way there is. */
final class ClusterMember implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final Pattern TOKEN = Pattern.compile("Owner token: (\\S+)");

    private static final Pattern OWNERLESS = Pattern.compile("ownerlessMillisMax=\"([0-9]+)");

    private final ChildPlatform platform;
    private final HttpClient client = HttpClient.newHttpClient();

    private ClusterMember(ChildPlatform platform) {
        this.platform = platform;
    }

    /** Of this configuration; starts nothing yet. */
    static ClusterMember in(Path home, ChildPlatform.Place place, String platformYaml, String workspaceYaml)
            throws IOException {
        Path workspaces = Files.createDirectories(home.resolve("config/workspaces"));
        Files.writeString(home.resolve("config/platform.yaml"), platformYaml);
        Files.writeString(workspaces.resolve("shop.yaml"), workspaceYaml);
        return new ClusterMember(ChildPlatform.in(home, place));
    }

    URI uri(String path) {
        return platform.uri(path);
    }

    void start() throws IOException, InterruptedException {
        platform.start();
    }

    /** SIGTERM. */
    Duration leave() throws InterruptedException {
        return platform.stop();
    }

    /** SIGKILL. */
    void kill() throws InterruptedException {
        platform.kill();
    }

    /** SIGSTOP: everything stands still, connections stay open. */
    void freeze() throws IOException, InterruptedException {
        signal("STOP");
    }

    /** SIGCONT. */
    void thaw() throws IOException, InterruptedException {
        signal("CONT");
    }

    private void signal(String name) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("kill", "-" + name, String.valueOf(platform.pid())).start();
        if (!kill.waitFor(10, TimeUnit.SECONDS) || kill.exitValue() != 0) {
            throw new AssertionError("kill -" + name + " failed");
        }
    }

    /** The value of a meter; -1 when the member does not answer. */
    double meter(String line) throws InterruptedException {
        try {
            return get("/metrics", token())
                    .lines()
                    .filter(found -> found.startsWith(line + " "))
                    .mapToDouble(found -> Double.parseDouble(found.substring(line.length() + 1)))
                    .findFirst()
                    .orElse(-1);
        } catch (IOException e) {
            return -1;
        }
    }

    /** How many partitions it owns; -1 when it does not answer. */
    int owned() throws InterruptedException {
        return (int) meter("segmentdo_partitions_owned");
    }

    /** How many partitions it should own by its table; -1 when it does not answer. */
    int wanted() throws InterruptedException {
        return (int) meter("segmentdo_partitions_wanted");
    }

    /** A page of the guarded API. */
    String get(String path, String token) throws IOException, InterruptedException {
        return send(path, token, HttpRequest.newBuilder().GET());
    }

    /** Sends a JSON body; returns the answer. */
    String post(String path, String token, String body) throws IOException, InterruptedException {
        return send(
                path,
                token,
                HttpRequest.newBuilder()
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    /** Has something deleted; returns the answer. */
    String delete(String path, String token) throws IOException, InterruptedException {
        return send(path, token, HttpRequest.newBuilder().DELETE());
    }

    private String send(String path, String token, HttpRequest.Builder request)
            throws IOException, InterruptedException {
        HttpRequest sent = request.uri(uri(path))
                .timeout(PATIENCE)
                .header("Authorization", "Bearer " + token)
                .build();
        return client.send(sent, HttpResponse.BodyHandlers.ofString()).body();
    }

    /** For each time that partitions came or went, how long one that it was handed over had no owner, in milliseconds. */
    List<Long> ownerlessMillisMax() throws IOException {
        List<Long> millis = new ArrayList<>();
        Matcher told = OWNERLESS.matcher(log());
        while (told.find()) {
            millis.add(Long.valueOf(told.group(1)));
        }
        return millis;
    }

    String token() throws IOException {
        Matcher told = TOKEN.matcher(log());
        if (!told.find()) {
            throw new AssertionError("no owner token in the log");
        }
        return told.group(1);
    }

    String log() throws IOException {
        return Files.readString(platform.log());
    }

    @Override
    public void close() throws IOException {
        client.close();
        platform.close();
    }
}
