package io.segmentdo.warehouse.load;

import io.segmentdo.store.Changes;
import io.segmentdo.store.Keyspace;
import io.segmentdo.store.Outbox;
import io.segmentdo.store.PartitionStore;
import io.segmentdo.warehouse.table.Positions;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * How far the tables are behind the outbox, by what the store says: a store that members share knows it of all partitions,
 * whoever owns them. Safe for concurrent use; blocks on the store.
 */
public final class Backlog {
    private static final byte[] KEY = "warehouse".getBytes(StandardCharsets.UTF_8);

    private final PartitionStore store;
    private final Outbox outbox;

    public Backlog(PartitionStore store, Outbox outbox) {
        this.store = store;
        this.outbox = outbox;
    }

    /** How far each partition's outbox goes now. */
    public Positions ends() {
        List<Integer> partitions =
                IntStream.range(0, store.partitions()).boxed().toList();
        List<Long> tails = store.each(partitions, outbox::storedTail);
        Map<Integer, Long> ends = new HashMap<>();
        for (int partition : partitions) {
            ends.put(partition, tails.get(partition));
        }
        return new Positions(ends);
    }

    /** The partitions of which some table does not have everything up to there. */
    public List<Integer> behind(Positions ends) {
        List<PartitionStore.Location> keys = ends.byPartition().keySet().stream()
                .map(partition -> new PartitionStore.Location(partition, KEY))
                .toList();
        List<byte @Nullable []> cursors = store.readAll(Keyspace.CURSOR, keys);
        List<Integer> behind = new ArrayList<>();
        for (int i = 0; i < keys.size(); i++) {
            int partition = keys.get(i).partition();
            if (cursor(cursors.get(i)) <= ends.of(partition)) {
                behind.add(partition);
            }
        }
        return behind;
    }

    /** The first position of a partition that some table does not have. */
    long cursor(int partition) {
        return cursor(store.read(partition, Keyspace.CURSOR, KEY));
    }

    private static long cursor(byte @Nullable [] value) {
        return value == null ? 1 : ByteBuffer.wrap(value).getLong();
    }

    /** The change that stores such a position. */
    static void put(Changes changes, long cursor) {
        changes.put(
                Keyspace.CURSOR,
                KEY,
                ByteBuffer.allocate(Long.BYTES).putLong(cursor).array());
    }
}
