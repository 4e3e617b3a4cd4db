package io.segmentdo.warehouse.export;

import io.segmentdo.problem.PlatformException;
import io.segmentdo.problem.Problem;
import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.stream.Stream;

/** A directory of this machine, below the root of exports. For one thread. */
final class DirectoryPlace implements ExportPlace {
    private final Path directory;

    private DirectoryPlace(Path directory) {
        this.directory = directory;
    }

    /** The directory that a destination names; refused when it is not below the root, links included. */
    static DirectoryPlace below(Path root, String destination) throws IOException {
        Files.createDirectories(root);
        Path real = root.toRealPath();
        Path named;
        try {
            named = real.resolve(destination).normalize();
        } catch (InvalidPathException e) {
            throw outside(destination, root);
        }
        if (!named.startsWith(real) || named.equals(real)) {
            throw outside(destination, root);
        }
        for (Path step = named; step != null && !step.equals(real); step = step.getParent()) {
            if (Files.exists(step) && !step.toRealPath().startsWith(real)) {
                throw outside(destination, root); // by a link
            }
        }
        return new DirectoryPlace(named);
    }

    private static PlatformException outside(String destination, Path root) {
        return new PlatformException(
                Problem.INVALID_REQUEST,
                "destination: " + destination + " (expected: s3://bucket/prefix or a path below " + root + ")");
    }

    @Override
    public void claim() throws IOException {
        Files.createDirectories(directory);
        try (Stream<Path> content = Files.list(directory)) {
            if (content.findAny().isPresent()) {
                throw new PlatformException(
                        Problem.INVALID_REQUEST, "destination: " + directory + " (expected: an empty directory)");
            }
        }
    }

    @Override
    public void put(Path local, String path) throws IOException {
        Path target = directory.resolve(path);
        Files.createDirectories(target.resolve("..").normalize());
        try {
            Files.move(local, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            Files.copy(local, target);
        }
    }

    @Override
    public void remove(String path) throws IOException {
        Files.deleteIfExists(directory.resolve(path));
    }
}
