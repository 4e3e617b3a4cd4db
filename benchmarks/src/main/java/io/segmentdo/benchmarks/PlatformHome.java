package io.segmentdo.benchmarks;

import io.segmentdo.temporary.TemporaryDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A throw-away folder with the configuration and the data of one platform. */
final class PlatformHome implements AutoCloseable {
    static final String WRITE_KEY = "benchmark-write-key";
    private final TemporaryDirectory folder;

    private PlatformHome(TemporaryDirectory folder) {
        this.folder = folder;
    }

    /** Collects and identifies, and delivers nowhere. */
    static PlatformHome withoutDestination() throws IOException {
        return of("");
    }

    /** Delivers to a webhook at this port, so many events in a request at most. */
    static PlatformHome withWebhook(int sinkPort, int batchSize) throws IOException {
        return of("""
                destinations:
                  - id: sink
                    plugin: webhook
                    settings:
                      url: http://127.0.0.1:%d/
                      batchSize: %d
                    connections:
                      - source: load
                """.formatted(sinkPort, batchSize));
    }

    private static PlatformHome of(String destinations) throws IOException {
        TemporaryDirectory home = new TemporaryDirectory("benchmark");
        Path workspaces = Files.createDirectories(home.path().resolve("config/workspaces"));
        String workspace = """
                sources:
                  - id: load
                    kind: server
                    write-keys: [%s]
                """.formatted(WRITE_KEY);
        Files.writeString(workspaces.resolve("benchmark.yaml"), workspace + destinations);
        return new PlatformHome(home);
    }

    Path path() {
        return folder.path();
    }

    @Override
    public void close() {
        folder.close();
    }
}
