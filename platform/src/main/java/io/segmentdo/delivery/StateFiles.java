package io.segmentdo.delivery;

import io.segmentdo.api.ConnectorState;
import io.segmentdo.problem.PlatformException;
import io.segmentdo.problem.Problem;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What connectors keep, one small file for each configured destination, which only the owner of this process may read: it
 * holds tokens. Each is used on the thread of its lane.
 */
final class StateFiles {
    private final Path folder;

    StateFiles(Path folder) {
        this.folder = folder;
    }

    /** What the connector of a destination keeps. */
    StateFile of(String destination) {
        return new StateFile(folder.resolve(URLEncoder.encode(destination, StandardCharsets.UTF_8) + ".json"));
    }

    /** The file of one destination. Used on the thread of its lane. */
    static final class StateFile implements ConnectorState {
        private final Path file;
        private @Nullable Map<String, String> values;

        StateFile(Path file) {
            this.file = file;
        }

        @Override
        public Optional<String> find(String name) {
            return Optional.ofNullable(values().get(name));
        }

        @Override
        public void put(String name, @Nullable String value) {
            Map<String, String> next = new TreeMap<>(values());
            boolean isSame = value == null ? next.remove(name) == null : value.equals(next.put(name, value));
            if (!isSame) {
                write(next);
                values = next;
            }
        }

        /** All that is kept: none of it may be shown. */
        Collection<String> secrets() {
            return values().values();
        }

        private Map<String, String> values() {
            Map<String, String> current = values;
            if (current == null) {
                current = read();
                values = current;
            }
            return current;
        }

        private Map<String, String> read() {
            Map<String, String> read = new TreeMap<>();
            if (Files.exists(file)) {
                try {
                    PlatformJson.INSTANCE
                            .readObject(Files.readAllBytes(file))
                            .forEach((name, value) -> read.put(name, String.valueOf(value)));
                } catch (IOException | IllegalArgumentException e) {
                    throw new PlatformException(Problem.STORAGE_FAILED, file + " cannot be read", e);
                }
            }
            return read;
        }

        /** In place of the former one at once, so that a crash leaves one or the other. */
        private void write(Map<String, String> next) {
            Path written = file.resolveSibling(file.getFileName() + ".new");
            try {
                Files.createDirectories(file.getParent());
                Files.deleteIfExists(written);
                if (FileSystems.getDefault().supportedFileAttributeViews().contains("posix")) {
                    Files.createFile(
                            written,
                            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
                }
                Files.write(written, PlatformJson.INSTANCE.write(next));
                try (FileChannel channel = FileChannel.open(written, StandardOpenOption.WRITE)) {
                    channel.force(true);
                }
                Files.move(written, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } catch (IOException e) {
                throw new PlatformException(Problem.STORAGE_FAILED, file + " cannot be written", e);
            }
        }
    }
}
