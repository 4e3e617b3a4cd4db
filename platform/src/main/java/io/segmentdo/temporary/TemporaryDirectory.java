package io.segmentdo.temporary;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A directory among the temporary files of the system that is gone when this is closed.
 *
 * <p>A process that is killed closes nothing, and no later one knows of what it left there. So what a node needs for longer
 * than a moment is in its data directory instead. Confined to one thread at a time.
 */
public final class TemporaryDirectory implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(TemporaryDirectory.class);

    private final Path path;

    /** Makes one for this user only, with a name that tells what it is for. */
    public TemporaryDirectory(String name) throws IOException {
        path = Files.createTempDirectory("segmentdo-" + name + "-");
    }

    public Path path() {
        return path;
    }

    @Override
    public void close() {
        remove(path);
    }

    /** Removes a directory, if it is there, with everything in it; what cannot be removed stays, and the log says so. */
    public static void remove(Path directory) {
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException | UncheckedIOException e) {
            log.atWarn().addKeyValue("directory", directory).setCause(e).log("Temporary files stay behind");
        }
    }
}
