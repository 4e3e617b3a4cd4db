package io.segmentdo.warehouse.engine;

import java.time.Duration;

/**
 * What one query may use.
 *
 * <p>Immutable.
 *
 * @param timeMillis from its start to its last row
 * @param memoryBytes for its data
 * @param spillBytes of temporary files when that memory does not suffice
 * @param rows that are sent
 * @param bytes that are sent
 * @param threads that compute
 */
public record Limits(long timeMillis, long memoryBytes, long spillBytes, long rows, long bytes, int threads) {
    /** From its start to its last row. */
    public Duration time() {
        return Duration.ofMillis(timeMillis);
    }

    /** The same with another time. */
    public Limits within(Duration time) {
        return new Limits(time.toMillis(), memoryBytes, spillBytes, rows, bytes, threads);
    }

    /** The same for another number of rows. */
    public Limits rows(long most) {
        return new Limits(timeMillis, memoryBytes, spillBytes, most, bytes, threads);
    }

    /** The same for another number of bytes. */
    public Limits bytes(long most) {
        return new Limits(timeMillis, memoryBytes, spillBytes, rows, most, threads);
    }

    /** Whether memory, temporary files and threads are the same. */
    boolean sameResources(Limits other) {
        return memoryBytes == other.memoryBytes && spillBytes == other.spillBytes && threads == other.threads;
    }
}
