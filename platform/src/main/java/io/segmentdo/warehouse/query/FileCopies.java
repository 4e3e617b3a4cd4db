package io.segmentdo.warehouse.query;

import io.segmentdo.problem.PlatformException;
import io.segmentdo.problem.Problem;
import io.segmentdo.warehouse.files.LocalFiles;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.io.FileIO;

/**
 * Data files on this machine: those that are here anyway, and copies of those that are in an object store. Data files never
 * change, so a copy is good for as long as it is kept; the longest unused ones go when there are too many bytes, and those
 * whose files were removed from the store when it is looked for them.
 *
 * <p>Safe for concurrent use; blocks while files are copied.
 */
final class FileCopies {
    /** The files of one query, which stay until this is closed. */
    final class Held implements AutoCloseable {
        private final List<String> locations = new ArrayList<>();

        @Override
        public void close() {
            release(locations);
        }
    }

    private record Copy(Path path, long bytes) {}

    private static final int LOOKS_MAX = 16;

    private final FileIO files;
    private final Path directory;
    private final long bytesMax;

    // guarded by this
    private final Map<String, Copy> copies = new LinkedHashMap<>(16, 0.75f, true);
    private final Map<String, Integer> held = new HashMap<>();
    private final Set<String> removed = new HashSet<>(); // while they are copied
    private long bytes;

    FileCopies(FileIO files, Path directory, long bytesMax) {
        this.files = files;
        this.directory = directory;
        this.bytesMax = bytesMax;
    }

    /** Removes what a process has left behind. */
    static void removeOld(Path directory) {
        if (!Files.isDirectory(directory)) {
            return;
        }
        try (Stream<Path> all = Files.list(directory)) {
            for (Path path : all.toList()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new PlatformException(
                    Problem.STORAGE_FAILED, "Old copies in " + directory + " cannot be removed: " + e.getMessage(), e);
        }
    }

    /** Makes sure that these are here. */
    Held hold(List<TableState.StoredFile> wanted) {
        Held hold = new Held();
        try {
            for (TableState.StoredFile file : wanted) {
                if (!isLocal(file.location())) {
                    copy(file, hold);
                }
            }
            return hold;
        } catch (IOException e) {
            hold.close();
            throw new UncheckedIOException(e);
        } catch (RuntimeException e) {
            hold.close();
            throw e;
        }
    }

    /** Where a file is on this machine while it is held. */
    String path(String location) {
        return (isLocal(location) ? LocalFiles.path(location) : directory.resolve(name(location))).toString();
    }

    private static boolean isLocal(String location) {
        return location.startsWith("file:") || location.startsWith("/");
    }

    private void copy(TableState.StoredFile file, Held hold) throws IOException {
        synchronized (this) {
            held.merge(file.location(), 1, Integer::sum);
            hold.locations.add(file.location());
            if (copies.get(file.location()) != null) {
                return;
            }
        }
        Path path = directory.resolve(name(file.location()));
        Files.createDirectories(directory);
        Path part = Files.createTempFile(directory, "part-", ".tmp");
        try (InputStream in = files.newInputFile(file.location()).newStream()) {
            Files.copy(in, part, StandardCopyOption.REPLACE_EXISTING);
            Files.move(part, path, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(part);
        }
        keep(file, path);
    }

    private synchronized void keep(TableState.StoredFile file, Path path) throws IOException {
        if (removed.contains(file.location())) {
            Files.deleteIfExists(path);
            throw new NotFoundException("%s", file.location());
        }
        if (copies.put(file.location(), new Copy(path, file.bytes())) == null) {
            bytes += file.bytes();
        }
        Iterator<Map.Entry<String, Copy>> oldest = copies.entrySet().iterator();
        while (bytes > bytesMax && oldest.hasNext()) {
            Map.Entry<String, Copy> copy = oldest.next();
            if (!held.containsKey(copy.getKey())) {
                Files.deleteIfExists(copy.getValue().path());
                bytes -= copy.getValue().bytes();
                oldest.remove();
            }
        }
    }

    private synchronized void release(List<String> locations) {
        for (String location : locations) {
            if (held.computeIfPresent(location, (l, holders) -> holders == 1 ? null : holders - 1) == null) {
                removed.remove(location);
            }
        }
    }

    /**
     * Removes copies of files that are not in the store any more, also those that are in use, whose queries fail; fails
     * when the store does not tell.
     */
    void forgetRemoved() {
        try (ExecutorService threads =
                Executors.newFixedThreadPool(LOOKS_MAX, Thread.ofVirtual().factory())) {
            List<Callable<Void>> looks = new ArrayList<>();
            for (String location : locations()) {
                looks.add(() -> {
                    if (!files.newInputFile(location).exists()) {
                        forget(location);
                    }
                    return null;
                });
            }
            for (Future<Void> look : threads.invokeAll(looks)) {
                look.get();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PlatformException(Problem.OVERLOADED, "interrupted while copies were looked for", e);
        } catch (ExecutionException e) {
            throw new PlatformException(
                    Problem.STORAGE_FAILED, "Copies in " + directory + " cannot be removed: " + e.getCause(), e);
        }
    }

    private synchronized Set<String> locations() {
        Set<String> all = new HashSet<>(copies.keySet());
        all.addAll(held.keySet());
        return all;
    }

    private synchronized void forget(String location) throws IOException {
        Copy copy = copies.remove(location);
        if (copy != null) {
            bytes -= copy.bytes();
            Files.deleteIfExists(copy.path());
        } else if (held.containsKey(location)) {
            removed.add(location);
        }
    }

    private static String name(String location) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(location.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest) + ".parquet";
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
