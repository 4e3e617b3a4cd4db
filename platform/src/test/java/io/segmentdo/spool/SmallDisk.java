package io.segmentdo.spool;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A file system in memory with so many megabytes, where this process may mount one; otherwise the test is skipped. */
public record SmallDisk(Path path) implements AutoCloseable {
    private static final int BLOCK = 1 << 16;

    public static SmallDisk mount(Path at, int mebibytes) throws IOException {
        Files.createDirectories(at);
        assumeTrue(
                Files.isExecutable(Path.of("/bin/mount"))
                        && run("mount", "-t", "tmpfs", "-o", "size=" + mebibytes + "m", "tmpfs", at.toString()) == 0,
                "a small disk cannot be mounted here (not root)");
        return new SmallDisk(at);
    }

    /** Makes a file as large as can be, so that this many bytes are left. */
    public void fill(Path ballast, long bytesLeft) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(ballast.toFile(), "rw")) {
            while (Files.getFileStore(path).getUsableSpace() >= bytesLeft + BLOCK) {
                file.write(new byte[BLOCK]);
            }
        }
    }

    @Override
    public void close() throws IOException {
        run("umount", path.toString());
    }

    private static int run(String... command) throws IOException {
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            return process.waitFor(10, TimeUnit.SECONDS) ? process.exitValue() : -1;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return -1;
        }
    }
}
