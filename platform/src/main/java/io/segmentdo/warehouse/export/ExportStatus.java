package io.segmentdo.warehouse.export;

import java.util.ArrayList;
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
 * @param files that are in their place, or on their way to it
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

    static ExportStatus begun(String id, ExportRequest request, long millis) {
        return new ExportStatus(id, request, State.RUNNING, 0, 0, 0, List.of(), millis, 0, null);
    }

    /** With one more file. */
    ExportStatus with(File file) {
        List<File> more = new ArrayList<>(files);
        more.add(file);
        return new ExportStatus(id, request, state, days, daysDone, rows, more, startedMillis, endedMillis, trouble);
    }

    /** With so many days done, and rows more. */
    ExportStatus at(int ofDays, int done, long moreRows) {
        return new ExportStatus(
                id, request, state, ofDays, done, rows + moreRows, files, startedMillis, endedMillis, trouble);
    }

    /** Ended, for a reason if it was before its time. */
    ExportStatus ended(State how, long millis, @Nullable String why) {
        return new ExportStatus(id, request, how, days, daysDone, rows, files, startedMillis, millis, why);
    }

    /** With its files removed. */
    ExportStatus withoutFiles() {
        return new ExportStatus(id, request, state, days, daysDone, 0, List.of(), startedMillis, endedMillis, trouble);
    }
}
