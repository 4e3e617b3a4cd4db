package io.segmentdo.identity;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The messages that are committed at their senders and wait for their receivers.
 *
 * <p>Of another lane's channel only the next message is taken in, however often the others are sent meanwhile, so no more
 * can wait here than their senders keep. One that took effect before is not taken in either, but its sender has to be told
 * again. Confined to its lane.
 */
final class Arrivals {
    /** A message with its place in the channel, decoded when it never left this lane. */
    record Inbound(int from, int to, long number, Message message) {}

    /** A channel between two partitions. */
    record Way(int from, int to) {}

    private final Deque<Inbound> waiting = new ArrayDeque<>();
    private final Map<Way, Long> lastTaken = new HashMap<>();
    private final Set<Way> repeated = new HashSet<>();

    /** Takes a message of another lane if it is the next one. */
    void offer(ChannelMessage message, long lastReceived) {
        Way way = new Way(message.from(), message.to());
        if (message.number() <= lastReceived) {
            repeated.add(way);
        } else if (message.number() == Math.max(lastReceived, lastTaken.getOrDefault(way, 0L)) + 1) {
            add(decoded(message));
        }
    }

    /** Takes a message of this very lane. */
    void add(Inbound message) {
        lastTaken.merge(new Way(message.from, message.to), message.number, Math::max);
        waiting.add(message);
    }

    static Inbound decoded(ChannelMessage message) {
        return new Inbound(message.from(), message.to(), message.number(), MessageCodec.decode(message.body()));
    }

    boolean isEmpty() {
        return waiting.isEmpty() && repeated.isEmpty();
    }

    /** The first of them, for one commit. */
    List<Inbound> next(int max) {
        List<Inbound> next = new ArrayList<>();
        while (!waiting.isEmpty() && next.size() < max) {
            next.add(waiting.removeFirst());
        }
        return next;
    }

    /** The channels whose senders have missed a receipt, since the last call. */
    Set<Way> takeRepeated() {
        Set<Way> taken = Set.copyOf(repeated);
        repeated.clear();
        return taken;
    }

    /** Forgets all from and to partitions that are given up. */
    void close(Collection<Integer> partitions) {
        waiting.removeIf(message -> partitions.contains(message.to) || partitions.contains(message.from));
        lastTaken.keySet().removeIf(way -> partitions.contains(way.to) || partitions.contains(way.from));
        repeated.removeIf(way -> partitions.contains(way.to));
    }
}
