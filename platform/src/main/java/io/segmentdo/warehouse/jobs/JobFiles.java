package io.segmentdo.warehouse.jobs;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.segmentdo.problem.PlatformException;
import io.segmentdo.problem.Problem;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Jobs on disk, a file for each, written so that a crash leaves the old or the new one. Safe for concurrent use. */
public final class JobFiles<T> {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path directory;
    private final Class<T> type;

    /**
     * Reads and writes nothing yet.
     *
     * @param directory made when it is absent
     * @param type a record that Jackson can write and read
     */
    public JobFiles(Path directory, Class<T> type) {
        this.directory = directory;
        this.type = type;
    }

    /** All that were stored. */
    public List<T> load() {
        List<T> jobs = new ArrayList<>();
        if (!Files.isDirectory(directory)) {
            return jobs;
        }
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.filter(f -> f.toString().endsWith(".json")).toList()) {
                jobs.add(JSON.readValue(Files.readAllBytes(file), type));
            }
        } catch (IOException e) {
            throw new PlatformException(
                    Problem.STORAGE_FAILED, "Jobs in " + directory + " cannot be read: " + e.getMessage(), e);
        }
        return jobs;
    }

    /** Keeps a job under its id, in place of what was there. */
    public synchronized void store(String id, T job) {
        try {
            Files.createDirectories(directory);
            Path part = directory.resolve(id + ".part");
            try (FileChannel channel = FileChannel.open(
                    part, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
                ByteBuffer bytes = ByteBuffer.wrap(JSON.writeValueAsBytes(job));
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                channel.force(true);
            }
            Files.move(part, file(id), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new PlatformException(
                    Problem.STORAGE_FAILED, "A job cannot be kept in " + directory + ": " + e.getMessage(), e);
        }
    }

    /** Forgets a job. */
    public synchronized void remove(String id) {
        try {
            Files.deleteIfExists(file(id));
        } catch (IOException e) {
            throw new PlatformException(
                    Problem.STORAGE_FAILED, "A job cannot be removed from " + directory + ": " + e.getMessage(), e);
        }
    }

    private Path file(String id) {
        return directory.resolve(id + ".json");
    }
}
