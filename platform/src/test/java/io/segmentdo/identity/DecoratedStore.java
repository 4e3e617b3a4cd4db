package io.segmentdo.identity;

import io.segmentdo.store.Changes;
import io.segmentdo.store.Keyspace;
import io.segmentdo.store.PartitionStore;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A store that does what another one does, for tests that break some of it. */
class DecoratedStore implements PartitionStore {
    private final PartitionStore store;

    DecoratedStore(PartitionStore store) {
        this.store = store;
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
        return store.read(partition, keyspace, key);
    }

    @Override
    public List<byte @Nullable []> readAll(int partition, Keyspace keyspace, List<byte[]> keys) {
        return store.readAll(partition, keyspace, keys);
    }

    @Override
    public List<Entry> scan(int partition, Keyspace keyspace, byte[] fromKey, byte[] endKey, int limit) {
        return store.scan(partition, keyspace, fromKey, endKey, limit);
    }

    @Override
    public @Nullable Entry last(int partition, Keyspace keyspace) {
        return store.last(partition, keyspace);
    }

    @Override
    public void commit(List<Changes> changes) {
        store.commit(changes);
    }

    @Override
    public boolean commitsTogether() {
        return store.commitsTogether();
    }

    @Override
    public void commitRelaxed(List<Changes> changes) {
        store.commitRelaxed(changes);
    }

    @Override
    public void close() {
        store.close();
    }
}
