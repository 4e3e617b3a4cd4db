package io.segmentdo.warehouse.export;

import io.segmentdo.problem.PlatformException;
import io.segmentdo.problem.Problem;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.SupportsPrefixOperations;

/** A prefix in an object store. For one thread. */
final class BucketPlace implements ExportPlace {
    private final FileIO files;
    private final String prefix;

    /** @param destination {@code s3://bucket/prefix} */
    BucketPlace(FileIO files, String destination) {
        this.files = files;
        this.prefix = destination.replaceAll("/+$", "") + "/";
    }

    @Override
    public void claim() {
        if (files instanceof SupportsPrefixOperations listing
                && listing.listPrefix(prefix).iterator().hasNext()) {
            throw new PlatformException(
                    Problem.INVALID_REQUEST, "destination: " + prefix + " (expected: a prefix without objects)");
        }
    }

    @Override
    public void put(Path local, String path) throws IOException {
        try (OutputStream out = files.newOutputFile(prefix + path).createOrOverwrite()) {
            Files.copy(local, out);
        }
    }

    @Override
    public void remove(String path) {
        files.deleteFile(prefix + path);
    }
}
