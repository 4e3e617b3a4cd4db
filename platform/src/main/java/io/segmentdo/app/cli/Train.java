package io.segmentdo.app.cli;

import io.segmentdo.app.Node;
import io.segmentdo.app.PlatformConfig;
import io.segmentdo.config.ConfigLoader;
import io.segmentdo.config.Loaded;
import io.segmentdo.temporary.TemporaryDirectory;
import java.io.PrintWriter;
import java.io.Writer;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/**
 * {@code segmentdo train}: starts a node in a temporary directory, sends it some events and ends, so that the launcher can
 * record which classes a start needs.
 */
@Command(name = "train", hidden = true, description = "Rehearses a start for the class cache.")
final class Train implements Callable<Integer> {
    private static final int EVENTS = 200;

    @Override
    public Integer call() throws Exception {
        try (TemporaryDirectory home = new TemporaryDirectory("train")) {
            Path directory = home.path();
            Map<String, String> options = Map.of("http.port", "0", "app.data-directory", directory.toString());
            Loaded<PlatformConfig> loaded = new ConfigLoader(Map.of(), directory)
                    .load(PlatformConfig.class, directory.resolve("platform.yaml"), options);
            String writeKey = Demo.writeKey(directory);
            try (DemoSink sink = DemoSink.open(new PrintWriter(Writer.nullWriter()), Clock.systemUTC());
                    Node node = Node.start(loaded, directory, List.of(Demo.workspace(writeKey, sink.url())));
                    Sender sender = new Sender(URI.create("http://127.0.0.1:" + node.port()), writeKey)) {
                for (int i = 0; i < EVENTS; i++) {
                    sender.track("user-" + i % 10, "Trained");
                }
            }
        }
        return 0;
    }
}
