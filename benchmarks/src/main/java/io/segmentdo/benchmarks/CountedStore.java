package io.segmentdo.benchmarks;

import io.segmentdo.store.Changes;
import io.segmentdo.store.Keyspace;
import io.segmentdo.store.PartitionStore;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A store that counts what it is asked for, and can keep what is committed, so that it can be written again without all
 * that led to it. Confined to the thread of the lane.
 */
final class CountedStore implements PartitionStore {
    private final PartitionStore store;
    private long readKeys;
    private long reads;
    private long commits;
    private long changes;
    private @Nullable List<List<Changes>> kept;

    CountedStore(PartitionStore store) {
        this.store = store;
    }

    /** Keys that were looked up, found or not. */
    long readKeys() {
        return readKeys;
    }

    /** Calls that looked keys up. */
    long reads() {
        return reads;
    }

    long commits() {
        return commits;
    }

    /** Keys that were set or removed. */
    long changes() {
        return changes;
    }

    void keepCommits() {
        kept = new ArrayList<>();
    }

    /** What was committed since {@link #keepCommits}; no more is kept. */
    List<List<Changes>> takeKept() {
        List<List<Changes>> taken = kept == null ? List.of() : kept;
        kept = null;
        return taken;
    }

    @Override
    public int partitions() {
        return store.partitions();
    }

    @Override
    public Map<Integer, Long> tryOpen(Collection<Integer> partitions) {
        return store.tryOpen(partitions);
    }

    @Override
    public void release(Map<Integer, Long> epochs) {
        store.release(epochs);
    }

    @Override
    public boolean owns(int partition, long epoch) {
        return store.owns(partition, epoch);
    }

    @Override
    public byte @Nullable [] read(int partition, Keyspace keyspace, byte[] key) {
        reads++;
        readKeys++;
        return store.read(partition, keyspace, key);
    }

    @Override
    public List<byte @Nullable []> readAll(int partition, Keyspace keyspace, List<byte[]> keys) {
        reads++;
        readKeys += keys.size();
        return store.readAll(partition, keyspace, keys);
    }

    @Override
    public List<byte @Nullable []> readAll(Keyspace keyspace, List<Location> locations) {
        reads++;
        readKeys += locations.size();
        return store.readAll(keyspace, locations);
    }

    @Override
    public List<Entry> scan(int partition, Keyspace keyspace, byte[] fromKey, byte[] endKey, int limit) {
        reads++;
        return store.scan(partition, keyspace, fromKey, endKey, limit);
    }

    @Override
    public @Nullable Entry last(int partition, Keyspace keyspace) {
        return store.last(partition, keyspace);
    }

    @Override
    public void commit(List<Changes> committed) {
        commits++;
        committed.forEach(one -> changes += one.asList().size());
        if (kept != null) {
            kept.add(committed);
        }
        store.commit(committed);
    }

    @Override
    public boolean commitsTogether() {
        return store.commitsTogether();
    }

    @Override
    public void commitRelaxed(List<Changes> committed) {
        store.commitRelaxed(committed);
    }

    @Override
    public void close() {
        store.close();
    }
}
