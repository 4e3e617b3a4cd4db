package io.segmentdo.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The threads of RocksDB in this process, which the JVM knows nothing of: Linux tells what they have used. */
final class StoreThreads {
    private static final Path TASKS = Path.of("/proc/self/task");
    private static final String NAME = "(rocksdb:";
    private static final long TICK_NANOS = 10_000_000;
    private static final int USER = 11;
    private static final int SYSTEM = 12;

    private StoreThreads() {}

    /** Their processor time so far, in steps of 10 ms; 0 where that is not known. */
    static long processorNanos() {
        if (!Files.isDirectory(TASKS)) {
            return 0;
        }
        try (Stream<Path> tasks = Files.list(TASKS)) {
            return tasks.mapToLong(StoreThreads::processorNanos).sum();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long processorNanos(Path task) {
        try {
            String line = Files.readString(task.resolve("stat"));
            if (!line.contains(NAME)) {
                return 0;
            }
            List<String> fields =
                    List.of(line.substring(line.lastIndexOf(')') + 2).split(" "));
            return (Long.parseLong(fields.get(USER)) + Long.parseLong(fields.get(SYSTEM))) * TICK_NANOS;
        } catch (IOException ended) {
            return 0;
        }
    }
}
