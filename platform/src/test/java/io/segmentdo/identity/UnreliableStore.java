package io.segmentdo.identity;

import io.segmentdo.problem.PlatformException;
import io.segmentdo.problem.Problem;
import io.segmentdo.store.Changes;
import io.segmentdo.store.InMemoryStore.Fault;
import io.segmentdo.store.Keyspace;
import io.segmentdo.store.PartitionStore;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A store whose n-th call fails: before it, halfway through its partitions, or after it. */
final class UnreliableStore implements PartitionStore {
    private final PartitionStore store;
    private int callsLeft = -1;
    private Fault fault = Fault.BEFORE;

    UnreliableStore(PartitionStore store) {
        this.store = store;
    }

    /** Lets one coming call fail: 0 is the next, below 0 is none. */
    void fail(int callsFromNow, Fault with) {
        callsLeft = callsFromNow;
        fault = with;
    }

    private boolean isFailing() {
        return callsLeft >= 0 && callsLeft-- == 0;
    }

    private void failReading() {
        if (isFailing()) {
            throw injected();
        }
    }

    private static PlatformException injected() {
        return new PlatformException(Problem.STORAGE_FAILED, "injected fault");
    }

    @Override
    public int partitions() {
        return store.partitions();
    }

    @Override
    public Map<Integer, Long> tryOpen(Collection<Integer> partitions) {
        boolean fails = isFailing();
        if (fails && fault == Fault.BEFORE) {
            throw injected();
        }
        Map<Integer, Long> opened = store.tryOpen(partitions);
        if (fails) {
            throw injected();
        }
        return opened;
    }

    @Override
    public void release(Map<Integer, Long> epochs) {
        failReading();
        store.release(epochs);
    }

    @Override
    public boolean owns(int partition, long epoch) {
        return store.owns(partition, epoch);
    }

    @Override
    public byte @Nullable [] read(int partition, Keyspace keyspace, byte[] key) {
        failReading();
        return store.read(partition, keyspace, key);
    }

    @Override
    public List<byte @Nullable []> readAll(int partition, Keyspace keyspace, List<byte[]> keys) {
        failReading();
        return store.readAll(partition, keyspace, keys);
    }

    @Override
    public List<Entry> scan(int partition, Keyspace keyspace, byte[] fromKey, byte[] endKey, int limit) {
        failReading();
        return store.scan(partition, keyspace, fromKey, endKey, limit);
    }

    @Override
    public @Nullable Entry last(int partition, Keyspace keyspace) {
        failReading();
        return store.last(partition, keyspace);
    }

    @Override
    public void commit(List<Changes> changes) {
        boolean fails = isFailing();
        if (fails && fault == Fault.HALFWAY) {
            store.commit(store.commitsTogether() ? List.of() : changes.subList(0, changes.size() / 2));
        } else if (!fails || fault == Fault.AFTER) {
            store.commit(changes);
        }
        if (fails) {
            throw injected();
        }
    }

    @Override
    public boolean commitsTogether() {
        return store.commitsTogether();
    }

    @Override
    public void commitRelaxed(List<Changes> changes) {
        commit(changes);
    }

    @Override
    public void close() {
        store.close();
    }
}
