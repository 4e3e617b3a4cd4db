package io.segmentdo.identity;

import io.segmentdo.store.Changes;
import io.segmentdo.store.Keyspace;
import io.segmentdo.store.PartitionStore;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The numbered ways from and to one partition.
 *
 * <p>A message is stored in the commit that causes it and kept until the receiver has committed its effect; the receiver
 * stores the number of the last one in the commit of the effect, and ignores what it has had. So each takes effect once
 * and in order, whatever is repeated. Confined to its lane.
 */
final class Channels {
    private static final int PAGE = 1000;

    private final int partition;
    private final Map<Integer, Long> lastSent = new HashMap<>();
    private final Map<Integer, Long> lastReceived = new HashMap<>();
    private final Map<Integer, Deque<ChannelMessage>> unacknowledged = new HashMap<>();
    private final List<byte[]> acknowledgedKeys = new ArrayList<>();
    private long unacknowledgedBytes;

    private final List<ChannelMessage> sentNow = new ArrayList<>();
    private final Map<Integer, Long> receivedNow = new HashMap<>();

    private Channels(int partition) {
        this.partition = partition;
    }

    static Channels load(int partition, PartitionStore store) {
        Channels channels = new Channels(partition);
        int partitions = store.partitions();
        List<byte[]> keys = new ArrayList<>(2 * partitions);
        for (int other = 0; other < partitions; other++) {
            keys.add(Keys.lastSent(other));
            keys.add(Keys.lastReceived(other));
        }
        List<byte @Nullable []> numbers = store.readAll(partition, Keyspace.CHANNEL, keys);
        for (int other = 0; other < partitions; other++) {
            byte[] sent = numbers.get(2 * other);
            if (sent != null) {
                channels.lastSent.put(other, Keys.number(sent));
            }
            byte[] received = numbers.get(2 * other + 1);
            if (received != null) {
                channels.lastReceived.put(other, Keys.number(received));
            }
        }
        channels.loadUnacknowledged(store);
        return channels;
    }

    /** In one pass over all of them: they lie side by side, by receiver and number. */
    private void loadUnacknowledged(PartitionStore store) {
        byte[] from = Keys.sent(0, 0);
        byte[] end = Keys.sent(store.partitions(), 0);
        List<PartitionStore.Entry> page;
        do {
            page = store.scan(partition, Keyspace.CHANNEL, from, end, PAGE);
            for (PartitionStore.Entry entry : page) {
                ByteBuffer key = ByteBuffer.wrap(entry.key());
                int to = key.getInt(1);
                long number = key.getLong(5);
                keep(new ChannelMessage(partition, to, number, entry.value()));
                from = Keys.sent(to, number + 1);
            }
        } while (page.size() == PAGE);
    }

    ChannelMessage send(int to, byte[] body, Changes changes) {
        long number = lastSent.merge(to, 1L, Long::sum);
        ChannelMessage message = new ChannelMessage(partition, to, number, body);
        sentNow.add(message);
        changes.put(Keyspace.CHANNEL, Keys.sent(to, number), body);
        return message;
    }

    /** The number of the last message that went that way, in this batch or before. */
    long lastSent(int to) {
        return lastSent.getOrDefault(to, 0L);
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
            if (message.number() == lastSent(message.to())) {
                changes.put(Keyspace.CHANNEL, Keys.lastSent(message.to()), Keys.number(message.number()));
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
        sent.forEach(this::keep);
        sentNow.clear();
        receivedNow.clear();
        acknowledgedKeys.clear();
        return sent;
    }

    private void keep(ChannelMessage message) {
        unacknowledged.computeIfAbsent(message.to(), key -> new ArrayDeque<>()).add(message);
        unacknowledgedBytes += message.body().length;
    }

    void acknowledged(int to, long number) {
        Deque<ChannelMessage> messages = unacknowledged.get(to);
        while (messages != null && !messages.isEmpty() && messages.getFirst().number() <= number) {
            ChannelMessage first = messages.removeFirst();
            unacknowledgedBytes -= first.body().length;
            acknowledgedKeys.add(Keys.sent(to, first.number()));
        }
    }

    /** What is kept in memory until its receivers have it. */
    long unacknowledgedBytes() {
        return unacknowledgedBytes;
    }

    List<ChannelMessage> unacknowledged() {
        return unacknowledged.values().stream().flatMap(Deque::stream).toList();
    }
}
