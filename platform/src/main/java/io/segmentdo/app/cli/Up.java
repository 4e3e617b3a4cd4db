package io.segmentdo.app.cli;

import io.segmentdo.app.Node;
import io.segmentdo.app.PlatformConfig;
import io.segmentdo.config.ConfigLoader;
import io.segmentdo.config.Loaded;
import io.segmentdo.control.Workspace;
import io.segmentdo.problem.PlatformException;
import io.segmentdo.problem.Problem;
import io.segmentdo.telemetry.Logging;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code segmentdo up}: runs a node in the foreground until SIGTERM or SIGINT. */
@Command(name = "up", description = "Starts the platform.", mixinStandardHelpOptions = true)
final class Up implements Callable<Integer> {
    private static final Logger log = LoggerFactory.getLogger(Up.class);

    @Spec
    private @Nullable CommandSpec command;

    @Option(names = "--data", paramLabel = "<dir>", description = "Where everything is kept (default: ./data).")
    private @Nullable Path data;

    @Option(
            names = "--port",
            paramLabel = "<port>",
            description = "Port to listen on, 0 for a free one (default: 8080).")
    private @Nullable Integer port;

    @Option(names = "--host", paramLabel = "<address>", description = "Address to listen on (default: 127.0.0.1).")
    private @Nullable String host;

    @Option(
            names = "--config",
            paramLabel = "<dir>",
            defaultValue = "config",
            description = "Where platform.yaml and workspaces/ are (default: ./config).")
    private Path config = Path.of("config");

    @Option(names = "--no-demo", description = "Leaves out the demo workspace.")
    private boolean withoutDemo;

    @Override
    public Integer call() throws Exception {
        Loaded<PlatformConfig> loaded = new ConfigLoader(System.getenv(), config)
                .load(PlatformConfig.class, config.resolve("platform.yaml"), options());
        Logging.apply(loaded.value().telemetry());
        PrintWriter terminal = Objects.requireNonNull(command).commandLine().getOut();
        // The sink outlives the node, which may still deliver while it stops.
        try (Stop stop = new Stop(loaded.value().app().shutdownTimeout());
                Surroundings demo = surroundings(loaded.value(), terminal);
                Node node = Node.start(loaded, config, demo.workspaces())) {
            greet(node, loaded, terminal, demo.writeKey());
            stop.await();
        }
        return 0;
    }

    /** What is there besides the node: the demo, or nothing. */
    private record Surroundings(List<Workspace> workspaces, Optional<String> writeKey, Runnable end)
            implements AutoCloseable {
        @Override
        public void close() {
            end.run();
        }
    }

    private static Surroundings surroundings(PlatformConfig config, PrintWriter terminal) throws IOException {
        if (!config.app().demo()) {
            return new Surroundings(List.of(), Optional.empty(), () -> {});
        }
        String writeKey = demoWriteKey(config);
        DemoSink sink = DemoSink.open(terminal, Clock.systemUTC());
        return new Surroundings(List.of(Demo.workspace(writeKey, sink.url())), Optional.of(writeKey), sink::close);
    }

    private static String demoWriteKey(PlatformConfig config) {
        Path directory = config.app().dataDirectory();
        try {
            return Demo.writeKey(directory);
        } catch (IOException e) {
            throw new PlatformException(
                    Problem.STORAGE_FAILED,
                    "The data directory " + directory.toAbsolutePath() + " cannot be written: " + e.getMessage(),
                    e);
        }
    }

    private Map<String, String> options() {
        Map<String, String> options = new HashMap<>();
        put(options, "app.data-directory", data);
        put(options, "http.port", port);
        put(options, "http.host", host);
        put(options, "app.demo", withoutDemo ? "false" : null);
        return options;
    }

    private static void put(Map<String, String> options, String key, @Nullable Object value) {
        if (value != null) {
            options.put(key, value.toString());
        }
    }

    private static void greet(
            Node node, Loaded<PlatformConfig> loaded, PrintWriter terminal, Optional<String> writeKey) {
        loaded.masked()
                .forEach((key, value) -> log.atDebug().addKeyValue(key, value).log("Configured"));
        String url = "http://" + loaded.value().http().reachableHost() + ":" + node.port();
        terminal.println("segment.do is up at " + url);
        node.owner().fresh().ifPresent(token -> terminal.println("Owner token: " + token + "  (told only once)"));
        writeKey.ifPresent(key -> terminal.println("""
                Write key: %s

                Send an event:
                  curl -u %s: %s/v1/track -H 'Content-Type: application/json' \\
                    -d '{"userId":"u1","event":"Signed Up","properties":{"plan":"free"}}'

                Then open %s/health and %s/metrics. Events arrive below; Ctrl-C stops.""".formatted(key, key, url, url, url)));
        terminal.flush();
    }
}
