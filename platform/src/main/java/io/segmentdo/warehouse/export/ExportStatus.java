package io.segmentdo.warehouse.export;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How far an export is.
 *
 * <p>Immutable.
 *
 * @param days days of events there are
 * @param daysDone those that are in their place
 * @param rows that are in their place
 * @param files that are in their place
 * @param trouble why it failed
 */
record ExportStatus(
        String id,
        ExportRequest request,
        State state,
        int days,
        int daysDone,
        long rows,
        List<File> files,
        long startedMillis,
        long endedMillis,
        @Nullable String trouble) {
    /** Where an export is. */
    enum State {
        RUNNING,
        DONE,
        CANCELLED,
        FAILED
    }

    /** A file by its path below the destination. */
    record File(String path, long bytes) {}

    ExportStatus {
        files = List.copyOf(files);
    }

    long bytes() {
        return files.stream().mapToLong(File::bytes).sum();
    }
}
