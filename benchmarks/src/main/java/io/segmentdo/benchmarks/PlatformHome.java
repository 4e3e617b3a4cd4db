package io.segmentdo.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** A throw-away folder with the configuration and the data of one platform. */
final class PlatformHome implements AutoCloseable {
    static final String WRITE_KEY = "benchmark-write-key";
    private final Path path;

    private PlatformHome(Path path) {
        this.path = path;
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
        Path home = Files.createTempDirectory("segmentdo-benchmark-");
        Path workspaces = Files.createDirectories(home.resolve("config/workspaces"));
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
        return path;
    }

    @Override
    public void close() throws IOException {
        try (Stream<Path> files = Files.walk(path)) {
            files.sorted(Comparator.reverseOrder()).forEach(PlatformHome::delete);
        }
    }

    private static void delete(Path file) {
        try {
            Files.delete(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
