package io.segmentdo.benchmarks;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collection;

/** Medians, and what the machine itself can do. */
final class Figures {
    private static final int SYNCS = 500;

    private Figures() {}

    static double median(Collection<Double> values) {
        double[] sorted =
                values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /** The median time that appending 1 KB to a file and syncing it takes here, in milliseconds. */
    static double syncMillis() throws IOException {
        Path file = Files.createTempFile("segmentdo-sync-", ".bin");
        double[] millis = new double[SYNCS];
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            ByteBuffer block = ByteBuffer.allocate(1024);
            for (int i = 0; i < SYNCS; i++) {
                long start = System.nanoTime();
                channel.write(block.rewind());
                channel.force(false);
                millis[i] = (System.nanoTime() - start) / 1e6;
            }
        } finally {
            Files.delete(file);
        }
        return median(java.util.Arrays.stream(millis).boxed().toList());
    }
}
