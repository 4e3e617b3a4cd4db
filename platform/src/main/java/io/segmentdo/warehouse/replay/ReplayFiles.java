package io.segmentdo.warehouse.replay;

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

/** Replays on disk, a file for each, written so that a crash leaves the old or the new one. Safe for concurrent use. */
final class ReplayFiles {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path directory;

    ReplayFiles(Path directory) {
        this.directory = directory;
    }

    List<ReplayRecord> load() {
        List<ReplayRecord> records = new ArrayList<>();
        if (!Files.isDirectory(directory)) {
            return records;
        }
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.filter(f -> f.toString().endsWith(".json")).toList()) {
                records.add(JSON.readValue(Files.readAllBytes(file), ReplayRecord.class));
            }
        } catch (IOException e) {
            throw new PlatformException(
                    Problem.STORAGE_FAILED, "Replays in " + directory + " cannot be read: " + e.getMessage(), e);
        }
        return records;
    }

    synchronized void store(ReplayRecord record) {
        try {
            Files.createDirectories(directory);
            Path part = directory.resolve(record.number() + ".part");
            try (FileChannel channel = FileChannel.open(
                    part, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
                ByteBuffer bytes = ByteBuffer.wrap(JSON.writeValueAsBytes(record));
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                channel.force(true);
            }
            Files.move(
                    part,
                    directory.resolve(record.number() + ".json"),
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new PlatformException(
                    Problem.STORAGE_FAILED, "A replay cannot be kept in " + directory + ": " + e.getMessage(), e);
        }
    }
}
