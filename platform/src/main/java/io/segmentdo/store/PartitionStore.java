package io.segmentdo.store;

import io.segmentdo.problem.PlatformException;
import io.segmentdo.problem.Problem;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Durable state of the identity partitions, written by their owners only.
 *
 * <p>An owner opens a partition and gets an epoch; opening it again, anywhere, raises the epoch, and from then on every
 * commit with the former one is refused. A store that members share grants a partition only when no other member that is
 * alive owns it: a member lives as long as its store object is open and is heard of by the database at least every two
 * seconds; {@link #close} ends it at once. A store of one process grants everything. Each store object is one member.
 *
 * <p>Keys are ordered as unsigned bytes. All calls block, none may be made on an event loop; all are safe for concurrent
 * use. Failures are {@link PlatformException}s.
 */
public interface PartitionStore extends AutoCloseable {
    /** One key with its value. */
    @SuppressWarnings("ArrayRecordComponent") // never compared: read and taken apart
    record Entry(byte[] key, byte[] value) {}

    /** Where a value is. */
    @SuppressWarnings("ArrayRecordComponent") // never compared: asked for and taken apart
    record Location(int partition, byte[] key) {}

    /** Does what only the first calls need, like connecting, so that no partition has to wait for it. Changes nothing. */
    default void rehearse() {
        // a store in this process is ready when it is open
    }

    /** The number of partitions, fixed when the store was made. */
    int partitions();

    /**
     * Takes ownership of those partitions that no other living member owns, and fences off their former owners.
     *
     * @return the new epochs, by partition; those that are missing are another member's and may be asked for again
     */
    Map<Integer, Long> tryOpen(Collection<Integer> partitions);

    /**
     * Takes ownership of one partition like {@link #tryOpen}; returns the new epoch.
     *
     * @throws PlatformException {@link Problem#NOT_OWNER} when another living member owns it
     */
    default long open(int partition) {
        Long epoch = tryOpen(List.of(partition)).get(partition);
        if (epoch == null) {
            throw new PlatformException(Problem.NOT_OWNER, "partition " + partition + " belongs to another member");
        }
        return epoch;
    }

    /**
     * Gives partitions up, so that any member can open them at once. To be called after the last commit: later ones with
     * these epochs are refused. A partition that is at another epoch by now is left alone.
     *
     * @param epochs the epochs at which they were opened, by partition
     */
    void release(Map<Integer, Long> epochs);

    /**
     * Whether a partition is still at this epoch, as far as is known without asking: a shared store learns it with its
     * heartbeat, twice a second, and knows nothing new while the database is away. It lets an owner that is replaced step
     * down early; safe is only what a commit says. Does not block for long.
     */
    boolean owns(int partition, long epoch);

    /**
     * Whether nobody else can have taken what this member owns, by the clock of this process: it was heard of less than a
     * lease ago. What cannot be refused later, like a request to a destination, is done while that is so. Does not block.
     */
    default boolean isAlive() {
        return true;
    }

    /**
     * Reads something of each of several partitions, in their order; from a store that is asked over a network, several at a
     * time and on threads of its own, while the caller waits.
     */
    default <T> List<T> each(Collection<Integer> partitions, IntFunction<T> reading) {
        return partitions.stream().map(reading::apply).toList();
    }

    /** The value of a key, or null. */
    byte @Nullable [] read(int partition, Keyspace keyspace, byte[] key);

    /** The values of several keys in their order, null where a key is absent. */
    List<byte @Nullable []> readAll(int partition, Keyspace keyspace, List<byte[]> keys);

    /**
     * The values of keys of several partitions in their order, null where a key is absent; on a store that is asked over a
     * network, in one question.
     */
    default List<byte @Nullable []> readAll(Keyspace keyspace, List<Location> locations) {
        Map<Integer, List<byte[]>> keys = new LinkedHashMap<>();
        for (Location location : locations) {
            keys.computeIfAbsent(location.partition(), partition -> new ArrayList<>())
                    .add(location.key());
        }
        Map<Integer, Iterator<byte @Nullable []>> found = new HashMap<>();
        keys.forEach((partition, wanted) ->
                found.put(partition, readAll(partition, keyspace, wanted).iterator()));
        List<byte @Nullable []> values = new ArrayList<>(locations.size());
        for (Location location : locations) {
            values.add(Objects.requireNonNull(found.get(location.partition())).next());
        }
        return values;
    }

    /** At most {@code limit} entries in key order from {@code fromKey} up to, not including, {@code endKey}. */
    List<Entry> scan(int partition, Keyspace keyspace, byte[] fromKey, byte[] endKey, int limit);

    /** The entry with the greatest key of a keyspace, or null when it is empty. */
    @Nullable
    Entry last(int partition, Keyspace keyspace);

    /**
     * Applies the changes, each partition atomically, and returns when they are durable. All of one call share one sync.
     *
     * @throws StaleEpochException when another owner has opened one of the partitions; that partition's changes are not
     *     applied, and those of the others only where a store does not commit them together
     */
    void commit(List<Changes> changes);

    /**
     * Whether the changes of one call to {@link #commit} take effect together or not at all, of all its partitions. The
     * answer never changes.
     */
    default boolean commitsTogether() {
        return false;
    }

    /**
     * Applies the changes like {@link #commit} but without waiting for the disk: they survive the end of the process, and
     * a power failure only if a later commit was durable. For positions that may be repeated.
     */
    void commitRelaxed(List<Changes> changes);

    /** Releases everything; open readers end with an error. */
    @Override
    void close();
}
