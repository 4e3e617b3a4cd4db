package io.segmentdo.app.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code segmentdo send}: sends a track call to try things out. */
@Command(name = "send", description = "Sends test events.", mixinStandardHelpOptions = true)
final class Send implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec command;

    @Option(
            names = "--url",
            defaultValue = "http://127.0.0.1:8080",
            description = "The node (default: ${DEFAULT-VALUE}).")
    private URI url = URI.create("http://127.0.0.1:8080");

    @Option(names = "--write-key", paramLabel = "<key>", description = "The source (default: the one of the demo).")
    private @Nullable String writeKey;

    @Option(
            names = "--data",
            paramLabel = "<dir>",
            defaultValue = "data",
            description = "Where the demo's key is kept.")
    private Path data = Path.of("data");

    @Option(names = "--event", defaultValue = "Test Event", description = "The name (default: ${DEFAULT-VALUE}).")
    private String event = "Test Event";

    @Option(names = "--user", defaultValue = "test-user", description = "The user id (default: ${DEFAULT-VALUE}).")
    private String user = "test-user";

    @Option(names = "--count", defaultValue = "1", description = "How many events (default: 1).")
    private int count = 1;

    @Override
    public Integer call() throws IOException, InterruptedException {
        PrintWriter out = Objects.requireNonNull(command).commandLine().getOut();
        PrintWriter err = Objects.requireNonNull(command).commandLine().getErr();
        Optional<String> key = writeKey == null ? Demo.findWriteKey(data) : Optional.of(writeKey);
        if (key.isEmpty()) {
            err.println("There is no demo in " + data.toAbsolutePath() + " (expected: --write-key or --data)");
            return 2;
        }
        try (Sender sender = new Sender(url, key.get())) {
            for (int i = 0; i < count; i++) {
                long start = System.nanoTime();
                HttpResponse<String> answer = sender.track(user, event);
                long millis = Duration.ofNanos(System.nanoTime() - start).toMillis();
                out.println(answer.statusCode() + " " + answer.body() + " in " + millis + " ms");
                if (answer.statusCode() != 200) {
                    return 1;
                }
            }
        } catch (ConnectException e) {
            err.println("Nothing answers at " + url + " (expected: a running node)");
            return 1;
        }
        return 0;
    }
}
