package io.segmentdo.identity;

import io.segmentdo.store.Changes;
import io.segmentdo.store.Keyspace;
import io.segmentdo.store.PartitionStore;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The numbered ways from and to one partition.
 *
 * <p>A message is stored in the commit that causes it and kept until the receiver has committed its effect; the receiver
 * stores the number of the last one in the commit of the effect, and ignores what it has had. So each takes effect once
 * and in order, whatever is repeated. Confined to its lane.
 */
final class Channels {
    private final int partition;
    private final Map<Integer, Long> lastSent = new HashMap<>();
    private final Map<Integer, Long> lastReceived = new HashMap<>();
    private final Map<Integer, Deque<ChannelMessage>> unacknowledged = new HashMap<>();
    private final List<byte[]> acknowledgedKeys = new ArrayList<>();

    private final List<ChannelMessage> sentNow = new ArrayList<>();
    private final Map<Integer, Long> receivedNow = new HashMap<>();

    private Channels(int partition) {
        this.partition = partition;
    }

    static Channels load(int partition, PartitionStore store) {
        Channels channels = new Channels(partition);
        for (int other = 0; other < store.partitions(); other++) {
            byte[] sent = store.read(partition, Keyspace.CHANNEL, Keys.lastSent(other));
            if (sent != null) {
                channels.lastSent.put(other, Keys.number(sent));
                channels.loadUnacknowledged(other, store);
            }
            byte[] received = store.read(partition, Keyspace.CHANNEL, Keys.lastReceived(other));
            if (received != null) {
                channels.lastReceived.put(other, Keys.number(received));
            }
        }
        return channels;
    }

    private void loadUnacknowledged(int to, PartitionStore store) {
        byte[] from = Keys.sent(to, 0);
        byte[] end = Keys.sent(to, Long.MAX_VALUE);
        Deque<ChannelMessage> messages = unacknowledged.computeIfAbsent(to, key -> new ArrayDeque<>());
        List<PartitionStore.Entry> page;
        do {
            page = store.scan(partition, Keyspace.CHANNEL, from, end, 1000);
            for (PartitionStore.Entry entry : page) {
                long number = java.nio.ByteBuffer.wrap(entry.key()).getLong(5);
                messages.add(new ChannelMessage(partition, to, number, entry.value()));
                from = Keys.sent(to, number + 1);
            }
        } while (page.size() == 1000);
    }

    ChannelMessage send(int to, byte[] body, Changes changes) {
        long number = lastSent.merge(to, 1L, Long::sum);
        ChannelMessage message = new ChannelMessage(partition, to, number, body);
        sentNow.add(message);
        changes.put(Keyspace.CHANNEL, Keys.sent(to, number), body);
        return message;
    }

    /** The number of the last message that took effect here. */
    long lastReceived(int from) {
        return lastReceived.getOrDefault(from, 0L);
    }

    void received(int from, long number) {
        lastReceived.put(from, number);
        receivedNow.put(from, number);
    }

    /** Adds the numbers of this batch, and removes what has been acknowledged. */
    void flush(Changes changes) {
        for (ChannelMessage message : sentNow) {
            long last = lastSent.getOrDefault(message.to(), 0L);
            if (message.number() == last) {
                changes.put(Keyspace.CHANNEL, Keys.lastSent(message.to()), Keys.number(last));
            }
        }
        receivedNow.forEach(
                (from, number) -> changes.put(Keyspace.CHANNEL, Keys.lastReceived(from), Keys.number(number)));
        acknowledgedKeys.forEach(key -> changes.delete(Keyspace.CHANNEL, key));
    }

    /** Whether there is anything to flush; a message without any effect still has to be remembered. */
    boolean isChanged() {
        return !sentNow.isEmpty() || !receivedNow.isEmpty() || !acknowledgedKeys.isEmpty();
    }

    /** What this commit sent, after it is durable. */
    List<ChannelMessage> committed() {
        List<ChannelMessage> sent = List.copyOf(sentNow);
        for (ChannelMessage message : sent) {
            unacknowledged
                    .computeIfAbsent(message.to(), key -> new ArrayDeque<>())
                    .add(message);
        }
        sentNow.clear();
        receivedNow.clear();
        acknowledgedKeys.clear();
        return sent;
    }

    void acknowledged(int to, long number) {
        Deque<ChannelMessage> messages = unacknowledged.get(to);
        while (messages != null && !messages.isEmpty() && messages.getFirst().number() <= number) {
            acknowledgedKeys.add(Keys.sent(to, messages.removeFirst().number()));
        }
    }

    List<ChannelMessage> unacknowledged() {
        return unacknowledged.values().stream().flatMap(Deque::stream).toList();
    }
}
