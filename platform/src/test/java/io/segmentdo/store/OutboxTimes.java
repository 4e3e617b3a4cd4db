package io.segmentdo.store;

import java.util.ArrayList;
import java.util.List;

/** When the entries of an outbox were added by their owners. */
public final class OutboxTimes {
    private static final int PAGE = 1000;

    private OutboxTimes() {}

    /** In the order of their positions, in epoch milliseconds. */
    public static List<Long> of(PartitionStore store, int partition) {
        List<Long> times = new ArrayList<>();
        long next = 0;
        List<PartitionStore.Entry> page;
        do {
            page = store.scan(partition, Keyspace.OUTBOX, OutboxCodec.key(next), OutboxCodec.key(Long.MAX_VALUE), PAGE);
            for (PartitionStore.Entry entry : page) {
                next = OutboxCodec.position(entry.key()) + 1;
                times.add(OutboxCodec.header(entry.value()).addedAtMillis());
            }
        } while (page.size() == PAGE);
        return times;
    }
}
