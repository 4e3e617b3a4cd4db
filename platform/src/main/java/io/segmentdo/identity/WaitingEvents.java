package io.segmentdo.identity;

import io.segmentdo.identity.Message.Visit;
import io.segmentdo.store.Keyspace;
import io.segmentdo.store.PartitionStore;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Counts the events that wait in a partition that is being opened. Pure but for reading. */
final class WaitingEvents {
    private static final int PAGE = 1000;

    private WaitingEvents() {}

    /** Those in the queues of actors, and those on the way to others, by source. */
    static Map<String, Long> count(PartitionStore store, int partition, Channels channels) {
        Map<String, Long> bySource = new HashMap<>();
        byte[] from = {'q'};
        byte[] end = {'q' + 1};
        List<PartitionStore.Entry> page;
        do {
            page = store.scan(partition, Keyspace.ACTOR, from, end, PAGE);
            for (PartitionStore.Entry entry : page) {
                add(MessageCodec.decode(entry.value()), bySource);
                from = java.util.Arrays.copyOf(entry.key(), entry.key().length + 1);
            }
        } while (page.size() == PAGE);
        channels.unacknowledged().forEach(message -> add(MessageCodec.decode(message.body()), bySource));
        return bySource;
    }

    private static void add(Message message, Map<String, Long> bySource) {
        if (message instanceof Visit visit) {
            bySource.merge(visit.event().sourceKey(), 1L, Long::sum);
        }
    }
}
