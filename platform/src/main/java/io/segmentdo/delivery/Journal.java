package io.segmentdo.delivery;

import io.segmentdo.store.Changes;
import io.segmentdo.store.Keyspace;
import io.segmentdo.store.PartitionStore;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * What a lane has decided and not stored yet, one atomic commit per partition.
 *
 * <p>A cursor never gets to the store before the retries and dead letters of the events that it passes, because both are
 * in the same commit. Confined to its lane.
 */
final class Journal {
    private static final long BYTES_MAX = 4 << 20;

    private final PartitionStore store;
    private final Map<Integer, Changes> pending = new HashMap<>();
    private long bytes;

    Journal(PartitionStore store) {
        this.store = store;
    }

    void put(int partition, long epoch, Keyspace keyspace, byte[] key, byte[] value) {
        changes(partition, epoch).put(keyspace, key, value);
        bytes += key.length + value.length;
    }

    void delete(int partition, long epoch, Keyspace keyspace, byte[] key) {
        changes(partition, epoch).delete(keyspace, key);
        bytes += key.length;
    }

    private Changes changes(int partition, long epoch) {
        return pending.computeIfAbsent(partition, p -> new Changes(p, epoch));
    }

    /** Whether it holds so much that it should be stored before its time. */
    boolean isLarge() {
        return bytes > BYTES_MAX;
    }

    boolean isEmpty() {
        return pending.isEmpty();
    }

    /** Forgets what was decided for a partition that has another owner now. */
    void drop(int partition) {
        pending.remove(partition);
    }

    /**
     * Stores everything. When the store fails, nothing is forgotten and the call can be repeated; relaxed, because what a
     * power failure takes is decided again.
     */
    void flush() {
        flush(store::commitRelaxed);
    }

    /** Stores everything so that it survives a power failure too. */
    void flushDurably() {
        flush(store::commit);
    }

    private void flush(Consumer<List<Changes>> commit) {
        if (!pending.isEmpty()) {
            commit.accept(new ArrayList<>(pending.values()));
            pending.clear();
            bytes = 0;
        }
    }
}
