package io.segmentdo.store;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Durable state of the identity partitions, written by their owners only.
 *
 * <p>An owner opens a partition and gets an epoch; opening it again, anywhere, raises the epoch, and from then on every
 * commit with the former one is refused. Keys are ordered as unsigned bytes. All calls block, none may be made on an
 * event loop; all are safe for concurrent use. Failures are {@link io.segmentdo.problem.PlatformException}s.
 */
public interface PartitionStore extends AutoCloseable {
    /** One key with its value. */
    @SuppressWarnings("ArrayRecordComponent") // never compared: read and taken apart
    record Entry(byte[] key, byte[] value) {}

    /** The number of partitions, fixed when the store was made. */
    int partitions();

    /** Takes ownership of a partition and fences off its former owner; returns the new epoch. */
    long open(int partition);

    /** The value of a key, or null. */
    byte @Nullable [] read(int partition, Keyspace keyspace, byte[] key);

    /** The values of several keys in their order, null where a key is absent. */
    List<byte @Nullable []> readAll(int partition, Keyspace keyspace, List<byte[]> keys);

    /** At most {@code limit} entries in key order from {@code fromKey} up to, not including, {@code endKey}. */
    List<Entry> scan(int partition, Keyspace keyspace, byte[] fromKey, byte[] endKey, int limit);

    /** The entry with the greatest key of a keyspace, or null when it is empty. */
    @Nullable
    Entry last(int partition, Keyspace keyspace);

    /**
     * Applies the changes, each partition atomically, and returns when they are durable. All of one call share one sync.
     *
     * @throws StaleEpochException when another owner has opened one of the partitions; that partition's changes are not
     *     applied, those of the others may be
     */
    void commit(List<Changes> changes);

    /**
     * Applies the changes like {@link #commit} but without waiting for the disk: they survive the end of the process, and
     * a power failure only if a later commit was durable. For positions that may be repeated.
     */
    void commitRelaxed(List<Changes> changes);

    /** Releases everything; open readers end with an error. */
    @Override
    void close();
}
