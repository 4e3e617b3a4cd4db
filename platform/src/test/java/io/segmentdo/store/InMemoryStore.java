package io.segmentdo.store;

import io.segmentdo.problem.PlatformException;
import io.segmentdo.problem.Problem;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A partition store without a disk, for tests and simulations: deterministic, with crashes and failing calls.
 *
 * <p>{@link #crash} is a power failure: what was committed durably stays, what was committed relaxed since then goes. The
 * store that crashed refuses everything afterwards, the returned one goes on with what was on the "disk".
 */
public final class InMemoryStore implements PartitionStore {
    /** How a call fails. */
    public enum Fault {
        /** Nothing is applied. */
        BEFORE,
        /** The first half of the partitions of a commit is applied, the others are not; none where they are committed together. */
        HALFWAY,
        /** Everything is applied, the caller is not told. */
        AFTER
    }

    private final Disk disk;
    private final boolean isTogether;
    private int calls;
    private int failAt = -1;
    private Fault fault = Fault.BEFORE;
    private boolean closed;
    private volatile boolean alive = true;

    /** Starts empty. */
    public InMemoryStore(int partitions) {
        this(new Disk(partitions), false);
    }

    /** Starts empty, and commits all partitions of a call together, as a store of one process may. */
    public static InMemoryStore together(int partitions) {
        return new InMemoryStore(new Disk(partitions), true);
    }

    private InMemoryStore(Disk disk, boolean isTogether) {
        this.disk = disk;
        this.isTogether = isTogether;
    }

    /** Loses power: returns the store that a restart finds. */
    public synchronized InMemoryStore crash() {
        closed = true;
        while (!disk.undo.isEmpty()) {
            disk.undo.pop().run();
        }
        return new InMemoryStore(disk, isTogether);
    }

    /** Ends the process without losing power: returns the store that a restart finds. */
    public synchronized InMemoryStore restart() {
        closed = true;
        return new InMemoryStore(disk, isTogether);
    }

    /** Lets one coming call fail: 0 is the next, 1 the one after it, counting every call to the store. */
    public synchronized void fail(int callsFromNow, Fault with) {
        failAt = calls + callsFromNow;
        fault = with;
    }

    /** Says from now on that its lease holds, or that it may have run out. */
    public void live(boolean isAlive) {
        alive = isAlive;
    }

    @Override
    public boolean isAlive() {
        return alive;
    }

    /** How many calls were made so far. */
    public synchronized int calls() {
        return calls;
    }

    @Override
    public int partitions() {
        return disk.epochs.length;
    }

    @Override
    public synchronized Map<Integer, Long> tryOpen(Collection<Integer> partitions) {
        boolean fails = startCall();
        Map<Integer, Long> opened = new TreeMap<>();
        for (int partition : partitions) {
            if (!fails || fault != Fault.BEFORE) {
                disk.epochs[partition]++;
            }
            opened.put(partition, disk.epochs[partition]);
        }
        endCall(fails);
        return opened;
    }

    @Override
    public synchronized void release(Map<Integer, Long> epochs) {
        boolean fails = startCall();
        if (!fails || fault != Fault.BEFORE) {
            epochs.forEach((partition, epoch) -> {
                if (owns(partition, epoch)) {
                    disk.epochs[partition]++;
                }
            });
        }
        endCall(fails);
    }

    @Override
    public synchronized boolean owns(int partition, long epoch) {
        return disk.epochs[partition] == epoch;
    }

    @Override
    public synchronized byte @Nullable [] read(int partition, Keyspace keyspace, byte[] key) {
        endCall(startCall());
        return copy(disk.map(partition, keyspace).get(key));
    }

    @Override
    public synchronized List<byte @Nullable []> readAll(int partition, Keyspace keyspace, List<byte[]> keys) {
        endCall(startCall());
        NavigableMap<byte[], byte[]> map = disk.map(partition, keyspace);
        List<byte @Nullable []> values = new ArrayList<>(keys.size());
        for (byte[] key : keys) {
            values.add(copy(map.get(key)));
        }
        return values;
    }

    @Override
    public synchronized List<Entry> scan(int partition, Keyspace keyspace, byte[] fromKey, byte[] endKey, int limit) {
        endCall(startCall());
        if (Arrays.compareUnsigned(fromKey, endKey) >= 0) {
            return List.of();
        }
        return disk.map(partition, keyspace).subMap(fromKey, endKey).entrySet().stream()
                .limit(limit)
                .map(InMemoryStore::entry)
                .toList();
    }

    @Override
    public synchronized @Nullable Entry last(int partition, Keyspace keyspace) {
        endCall(startCall());
        Map.Entry<byte[], byte[]> last = disk.map(partition, keyspace).lastEntry();
        return last == null ? null : entry(last);
    }

    @Override
    public synchronized void commit(List<Changes> changes) {
        apply(changes);
        disk.undo.clear();
    }

    @Override
    public boolean commitsTogether() {
        return isTogether;
    }

    @Override
    public synchronized void commitRelaxed(List<Changes> changes) {
        apply(changes);
    }

    @Override
    public synchronized void close() {
        closed = true;
    }

    private void apply(List<Changes> changes) {
        boolean fails = startCall();
        int applied = changes.size();
        if (fails && fault != Fault.AFTER) {
            applied = fault == Fault.BEFORE || isTogether ? 0 : applied / 2;
        }
        for (Changes one : changes) {
            long current = disk.epochs[one.partition()];
            if (one.epoch() != current) {
                throw new StaleEpochException(one.partition(), one.epoch(), current);
            }
        }
        for (Changes one : changes.subList(0, applied)) {
            for (Changes.Change change : one.asList()) {
                disk.apply(one.partition(), change);
            }
        }
        if (fails) {
            disk.undo.clear();
        }
        endCall(fails);
    }

    private boolean startCall() {
        if (closed) {
            throw new PlatformException(Problem.STORAGE_FAILED, "the store is closed");
        }
        return calls++ == failAt;
    }

    private static void endCall(boolean fails) {
        if (fails) {
            throw new PlatformException(Problem.STORAGE_FAILED, "injected fault");
        }
    }

    private static Entry entry(Map.Entry<byte[], byte[]> entry) {
        return new Entry(entry.getKey().clone(), entry.getValue().clone());
    }

    private static byte @Nullable [] copy(byte @Nullable [] value) {
        return value == null ? null : value.clone();
    }

    /** What outlives the process. */
    private static final class Disk {
        private final long[] epochs;
        private final List<Map<Keyspace, NavigableMap<byte[], byte[]>>> maps = new ArrayList<>();
        private final Deque<Runnable> undo = new ArrayDeque<>();

        Disk(int partitions) {
            epochs = new long[partitions];
            for (int partition = 0; partition < partitions; partition++) {
                Map<Keyspace, NavigableMap<byte[], byte[]>> keyspaces = new EnumMap<>(Keyspace.class);
                for (Keyspace keyspace : Keyspace.values()) {
                    keyspaces.put(keyspace, new TreeMap<>(Arrays::compareUnsigned));
                }
                maps.add(keyspaces);
            }
        }

        NavigableMap<byte[], byte[]> map(int partition, Keyspace keyspace) {
            return maps.get(partition).get(keyspace);
        }

        void apply(int partition, Changes.Change change) {
            NavigableMap<byte[], byte[]> map = map(partition, change.keyspace());
            if (change.endKey() != null) {
                if (Arrays.compareUnsigned(change.key(), change.endKey()) < 0) {
                    NavigableMap<byte[], byte[]> range = map.subMap(change.key(), true, change.endKey(), false);
                    NavigableMap<byte[], byte[]> removed = new TreeMap<>(range);
                    range.clear();
                    undo.push(() -> map.putAll(removed));
                }
                return;
            }
            byte[] key = change.key().clone();
            byte[] before = change.value() == null
                    ? map.remove(key)
                    : map.put(key, change.value().clone());
            undo.push(before == null ? () -> map.remove(key) : () -> map.put(key, before));
        }
    }
}
