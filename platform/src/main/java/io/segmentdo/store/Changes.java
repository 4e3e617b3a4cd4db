package io.segmentdo.store;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one commit changes in one partition, in the order in which it was recorded; a later change of a key wins.
 *
 * <p>Keys and values are shared, not copied. Confined to the thread that fills it until it is committed.
 */
public final class Changes {
    /**
     * One change. A put has a value; a deletion has neither value nor end; a range deletion has an end.
     *
     * @param key the key, or the first key of a range
     * @param value the new value, null for deletions
     * @param endKey the first key behind a deleted range, null otherwise
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared: applied and forgotten
    public record Change(Keyspace keyspace, byte[] key, byte @Nullable [] value, byte @Nullable [] endKey) {}

    private final int partition;
    private final long epoch;
    private final List<Change> changes = new ArrayList<>();

    /** Starts with nothing, for a partition that was opened at this epoch. */
    public Changes(int partition, long epoch) {
        this.partition = partition;
        this.epoch = epoch;
    }

    /** Sets a key. */
    public void put(Keyspace keyspace, byte[] key, byte[] value) {
        changes.add(new Change(keyspace, key, value, null));
    }

    /** Removes a key; one that is absent is fine. */
    public void delete(Keyspace keyspace, byte[] key) {
        changes.add(new Change(keyspace, key, null, null));
    }

    /** Removes all keys from {@code fromKey} up to, not including, {@code endKey}. */
    public void deleteRange(Keyspace keyspace, byte[] fromKey, byte[] endKey) {
        changes.add(new Change(keyspace, fromKey, null, endKey));
    }

    public int partition() {
        return partition;
    }

    public long epoch() {
        return epoch;
    }

    public boolean isEmpty() {
        return changes.isEmpty();
    }

    /** The changes so far, in order; not to be modified. */
    public List<Change> asList() {
        return changes;
    }
}
