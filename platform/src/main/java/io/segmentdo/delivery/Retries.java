package io.segmentdo.delivery;

import io.segmentdo.store.Keyspace;
import io.segmentdo.store.PartitionStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The deliveries of one destination that are stored to be tried again, by the time when they are due. Their events stay
 * in the store until then.
 *
 * <p>Confined to its lane.
 */
final class Retries {
    private static final int PAGE = 256;

    private final PartitionStore store;
    private final String destination;
    private final PriorityQueue<Retry> due = new PriorityQueue<>(Comparator.comparingLong(Retry::dueMillis)
            .thenComparingInt(r -> r.key().partition())
            .thenComparingLong(r -> r.key().position()));
    private int count;

    Retries(PartitionStore store, String destination) {
        this.store = store;
        this.destination = destination;
    }

    /** All there are: due, waiting behind others and under way. */
    int count() {
        return count;
    }

    /** One more was stored. */
    void added() {
        count++;
    }

    /** One was settled. */
    void removed() {
        count--;
    }

    /** Will be due at its time. */
    void schedule(Retry retry) {
        due.add(retry);
    }

    /** Takes out those of a partition that has another owner now. */
    List<Retry> takeDue(int partition) {
        List<Retry> taken = due.stream()
                .filter(retry -> retry.key().partition() == partition)
                .toList();
        due.removeIf(retry -> retry.key().partition() == partition);
        return taken;
    }

    /** The next that is due, or null. */
    @Nullable
    Retry poll(long nowMillis) {
        Retry first = due.peek();
        return first != null && first.dueMillis() <= nowMillis ? due.poll() : null;
    }

    /** When the next is due; {@link Long#MAX_VALUE} for never. */
    long nextDueMillis() {
        Retry first = due.peek();
        return first == null ? Long.MAX_VALUE : first.dueMillis();
    }

    /** Brings the events of those into memory that are in the store, in one question. */
    void load(List<Retry> retries) {
        List<Retry> missing =
                retries.stream().filter(retry -> retry.event() == null).toList();
        if (missing.isEmpty()) {
            return;
        }
        List<byte @Nullable []> values = store.readAll(
                Keyspace.RETRY,
                missing.stream()
                        .map(retry -> new PartitionStore.Location(
                                retry.key().partition(), retry.key().toBytes(destination)))
                        .toList());
        for (int i = 0; i < missing.size(); i++) {
            Retry retry = missing.get(i);
            byte[] value = values.get(i);
            retry.keep(value == null ? null : Retry.decodeEvent(retry.key(), value));
        }
    }

    /** What a partition has in the store, in the order of the outbox. */
    List<Retry> stored(int partition) {
        List<Retry> stored = new ArrayList<>();
        scan(store, partition, Keyspace.RETRY, destination, (key, value) -> stored.add(Retry.decode(key, value)));
        return stored;
    }

    /** Every entry of a destination in a keyspace, page by page. */
    static void scan(
            PartitionStore store,
            int partition,
            Keyspace keyspace,
            String destination,
            BiConsumer<DeliveryKey, byte[]> entry) {
        byte[] from = DeliveryKey.start(destination);
        byte[] end = DeliveryKey.end(destination);
        List<PartitionStore.Entry> page;
        do {
            page = store.scan(partition, keyspace, from, end, PAGE);
            for (PartitionStore.Entry one : page) {
                entry.accept(DeliveryKey.ofBytes(partition, one.key()), one.value());
            }
            if (!page.isEmpty()) {
                byte[] last = page.getLast().key();
                from = Arrays.copyOf(last, last.length + 1);
            }
        } while (page.size() == PAGE);
    }
}
