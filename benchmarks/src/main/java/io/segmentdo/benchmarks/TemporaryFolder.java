package io.segmentdo.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** A throw-away folder that is removed with all that is in it. */
final class TemporaryFolder implements AutoCloseable {
    private final Path path;

    private TemporaryFolder(Path path) {
        this.path = path;
    }

    /** Under the default folder for such. */
    static TemporaryFolder create() throws IOException {
        return new TemporaryFolder(Files.createTempDirectory("segmentdo-benchmark-"));
    }

    /** Under the working directory, whose disk is that of a user. */
    static TemporaryFolder createHere() throws IOException {
        return new TemporaryFolder(Files.createTempDirectory(Path.of("").toAbsolutePath(), "segmentdo-benchmark-"));
    }

    Path path() {
        return path;
    }

    @Override
    public void close() throws IOException {
        try (Stream<Path> files = Files.walk(path)) {
            files.sorted(Comparator.reverseOrder()).forEach(TemporaryFolder::delete);
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
