package io.segmentdo.store.rocks;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.segmentdo.event.FrameReader;
import io.segmentdo.event.FrameWriter;
import io.segmentdo.problem.PlatformException;
import io.segmentdo.problem.Problem;
import io.segmentdo.rocks.Database;
import io.segmentdo.store.Changes;
import io.segmentdo.store.Keyspace;
import io.segmentdo.store.PartitionStore;
import io.segmentdo.store.StaleEpochException;
import io.segmentdo.store.StoreConfig;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.StampedLock;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * The partitions of one node in one RocksDB database.
 *
 * <p>A keyspace is a column family; a key is the partition in two bytes, then the caller's key. A call to commit is one
 * write batch, so even all its partitions change together; commits of several owners at the same time share a sync inside
 * of RocksDB. Each partition has a lock: commits share it while they check the epoch and write, taking ownership excludes
 * them, so a commit of the former owner is either seen by the new one or refused.
 */
public final class RocksPartitionStore implements PartitionStore {
    private static final byte[] PARTITIONS_KEY = "partitions".getBytes(StandardCharsets.UTF_8);
    private static final String EPOCH_PREFIX = "epoch-";
    private static final int DEFAULT_FAMILY = 0;
    private static final long ANY_EPOCH = -1;

    private final Database database;
    private final WriteOptions synced = new WriteOptions().setSync(true);
    private final WriteOptions relaxed = new WriteOptions();
    private final ReadOptions reading = new ReadOptions();
    private final StampedLock[] owning;
    private final Timer commitTimer;

    // under the partition's lock
    private final long[] epochs;

    private RocksPartitionStore(Database database, int partitions, MeterRegistry meters) {
        this.database = database;
        this.epochs = new long[partitions];
        this.owning = new StampedLock[partitions];
        Arrays.setAll(owning, partition -> new StampedLock());
        this.commitTimer = Timer.builder("segmentdo.store.commit")
                .description("Time of one durable commit, its sync included")
                .register(meters);
    }

    /**
     * Opens the store in this directory, or makes it.
     *
     * @throws PlatformException when it cannot be read, another process has it, or it was made with another number of
     *     partitions
     */
    public static RocksPartitionStore open(Path directory, StoreConfig config, MeterRegistry meters) {
        Database database = Database.open(directory, RocksLayout.of(config));
        RocksPartitionStore store = new RocksPartitionStore(database, config.partitions(), meters);
        try {
            store.checkPartitions(directory);
            store.loadEpochs();
            return store;
        } catch (RuntimeException e) {
            store.close();
            throw e;
        }
    }

    @Override
    public int partitions() {
        return epochs.length;
    }

    @Override
    public Map<Integer, Long> tryOpen(Collection<Integer> partitions) {
        Map<Integer, Long> opened = new HashMap<>();
        partitions.forEach(partition -> opened.put(partition, raiseEpoch(partition, ANY_EPOCH)));
        return opened;
    }

    @Override
    public void release(Map<Integer, Long> released) {
        released.forEach(this::raiseEpoch);
    }

    /** Fences off the owner, if it is the expected one; returns the epoch that is current then. */
    private long raiseEpoch(int partition, long expected) {
        StampedLock owner = owning[partition];
        long stamp = owner.writeLock();
        try {
            if (expected == ANY_EPOCH || expected == epochs[partition]) {
                long epoch = epochs[partition] + 1;
                writeOwn(epochKey(partition), epoch);
                epochs[partition] = epoch;
            }
            return epochs[partition];
        } finally {
            owner.unlockWrite(stamp);
        }
    }

    @Override
    public boolean owns(int partition, long epoch) {
        long stamp = owning[partition].readLock();
        try {
            return epochs[partition] == epoch;
        } finally {
            owning[partition].unlockRead(stamp);
        }
    }

    @Override
    public byte @Nullable [] read(int partition, Keyspace keyspace, byte[] key) {
        byte[] full = prefixed(partition, key);
        return database.<byte @Nullable []>read((db, families) -> db.get(family(families, keyspace), reading, full));
    }

    @Override
    public List<byte @Nullable []> readAll(int partition, Keyspace keyspace, List<byte[]> keys) {
        List<byte[]> full = new ArrayList<>(keys.size());
        for (byte[] key : keys) {
            full.add(prefixed(partition, key));
        }
        return readAllKeys(keyspace, full);
    }

    @Override
    public List<byte @Nullable []> readAll(Keyspace keyspace, List<Location> locations) {
        List<byte[]> full = new ArrayList<>(locations.size());
        for (Location location : locations) {
            full.add(prefixed(location.partition(), location.key()));
        }
        return readAllKeys(keyspace, full);
    }

    private List<byte @Nullable []> readAllKeys(Keyspace keyspace, List<byte[]> keys) {
        return database.<List<byte @Nullable []>>read((db, families) -> keys.isEmpty()
                ? List.of()
                : db.multiGetAsList(Collections.nCopies(keys.size(), family(families, keyspace)), keys));
    }

    @Override
    public List<Entry> scan(int partition, Keyspace keyspace, byte[] fromKey, byte[] endKey, int limit) {
        if (limit <= 0 || Arrays.compareUnsigned(fromKey, endKey) >= 0) {
            return List.of();
        }
        byte[] from = prefixed(partition, fromKey);
        return database.read((db, families) -> {
            try (Slice end = new Slice(prefixed(partition, endKey));
                    ReadOptions bounded = new ReadOptions().setIterateUpperBound(end);
                    RocksIterator iterator = db.newIterator(family(families, keyspace), bounded)) {
                List<Entry> entries = new ArrayList<>();
                for (iterator.seek(from); iterator.isValid() && entries.size() < limit; iterator.next()) {
                    entries.add(entry(iterator));
                }
                iterator.status();
                return entries;
            }
        });
    }

    @Override
    public @Nullable Entry last(int partition, Keyspace keyspace) {
        return database.<@Nullable Entry>read((db, families) -> {
            try (Slice first = new Slice(prefixed(partition, new byte[0]));
                    Slice end = new Slice(prefixed(partition + 1, new byte[0]));
                    ReadOptions bounded =
                            new ReadOptions().setIterateLowerBound(first).setIterateUpperBound(end);
                    RocksIterator iterator = db.newIterator(family(families, keyspace), bounded)) {
                iterator.seekToLast();
                iterator.status();
                return iterator.isValid() ? entry(iterator) : null;
            }
        });
    }

    @Override
    public void commit(List<Changes> changes) {
        if (!changes.stream().allMatch(Changes::isEmpty)) {
            commitTimer.record(() -> commit(changes, synced));
        }
    }

    @Override
    public boolean commitsTogether() {
        return true;
    }

    @Override
    public void commitRelaxed(List<Changes> changes) {
        if (!changes.stream().allMatch(Changes::isEmpty)) {
            commit(changes, relaxed);
        }
    }

    @Override
    public void close() {
        database.close();
        synced.close();
        relaxed.close();
        reading.close();
    }

    private void commit(List<Changes> changes, WriteOptions options) {
        // In one order, so that owners who wait to take over cannot stand in a ring.
        int[] partitions = changes.stream()
                .mapToInt(Changes::partition)
                .sorted()
                .distinct()
                .toArray();
        long[] stamps = new long[partitions.length];
        int locked = 0;
        try {
            for (; locked < partitions.length; locked++) {
                stamps[locked] = owning[partitions[locked]].readLock();
            }
            for (Changes one : changes) {
                if (one.epoch() != epochs[one.partition()]) {
                    throw new StaleEpochException(one.partition(), one.epoch(), epochs[one.partition()]);
                }
            }
            database.write(options, (batch, families) -> fill(batch, families, changes));
        } finally {
            while (locked > 0) {
                locked--;
                owning[partitions[locked]].unlockRead(stamps[locked]);
            }
        }
    }

    private static void fill(WriteBatch batch, List<ColumnFamilyHandle> families, List<Changes> changes)
            throws RocksDBException {
        for (Changes one : changes) {
            for (Changes.Change change : one.asList()) {
                add(batch, family(families, change.keyspace()), one.partition(), change);
            }
        }
    }

    private static void add(WriteBatch batch, ColumnFamilyHandle family, int partition, Changes.Change change)
            throws RocksDBException {
        byte[] key = prefixed(partition, change.key());
        if (change.value() != null) {
            batch.put(family, key, change.value());
        } else if (change.endKey() == null) {
            batch.delete(family, key);
        } else if (Arrays.compareUnsigned(change.key(), change.endKey()) < 0) {
            batch.deleteRange(family, key, prefixed(partition, change.endKey()));
        }
    }

    private void checkPartitions(Path directory) {
        byte[] known = readOwn(PARTITIONS_KEY);
        if (known == null) {
            writeOwn(PARTITIONS_KEY, epochs.length);
            return;
        }
        long made = new FrameReader(known).readLong();
        if (made != epochs.length) {
            throw new PlatformException(
                    Problem.INVALID_CONFIG,
                    "store.partitions: " + epochs.length + " (expected: " + made + ", with which the store in "
                            + directory + " was made; it cannot change)");
        }
    }

    private void loadEpochs() {
        for (int partition = 0; partition < epochs.length; partition++) {
            byte[] epoch = readOwn(epochKey(partition));
            if (epoch != null) {
                epochs[partition] = new FrameReader(epoch).readLong();
            }
        }
    }

    private byte @Nullable [] readOwn(byte[] key) {
        return database.<byte @Nullable []>read((db, families) -> db.get(families.get(DEFAULT_FAMILY), reading, key));
    }

    private void writeOwn(byte[] key, long value) {
        byte[] bytes = new FrameWriter(Long.BYTES).putLong(value).toBytes();
        database.write(synced, (batch, families) -> batch.put(families.get(DEFAULT_FAMILY), key, bytes));
    }

    private static byte[] epochKey(int partition) {
        return (EPOCH_PREFIX + partition).getBytes(StandardCharsets.UTF_8);
    }

    @SuppressWarnings("EnumOrdinal") // families lie in the order of the keyspaces, by RocksLayout, in this process only
    private static ColumnFamilyHandle family(List<ColumnFamilyHandle> families, Keyspace keyspace) {
        return families.get(1 + keyspace.ordinal());
    }

    private static byte[] prefixed(int partition, byte[] key) {
        byte[] full = new byte[2 + key.length];
        full[0] = (byte) (partition >> 8);
        full[1] = (byte) partition;
        System.arraycopy(key, 0, full, 2, key.length);
        return full;
    }

    private static Entry entry(RocksIterator iterator) {
        byte[] key = iterator.key();
        return new Entry(Arrays.copyOfRange(key, 2, key.length), iterator.value());
    }
}
