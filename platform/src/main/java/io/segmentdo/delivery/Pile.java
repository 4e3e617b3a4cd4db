package io.segmentdo.delivery;

import io.segmentdo.api.Batching;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Predicate;

/** Deliveries of one action that may go, in their order. Confined to its lane. */
final class Pile {
    private final Deque<Item> items = new ArrayDeque<>();
    private long bytes;

    boolean isEmpty() {
        return items.isEmpty();
    }

    void addLast(Item item) {
        items.addLast(item);
        bytes += item.bytes();
    }

    void addFirst(Item item) {
        items.addFirst(item);
        bytes += item.bytes();
    }

    void putBehind(Predicate<Item> such) {
        for (int left = items.size(); left > 0 && such.test(items.getFirst()); left--) {
            items.addLast(items.removeFirst());
        }
    }

    List<Item> remove(int partition) {
        List<Item> removed = items.stream()
                .filter(item -> item.identified().partition() == partition)
                .toList();
        items.removeIf(item -> item.identified().partition() == partition);
        removed.forEach(item -> bytes -= item.bytes());
        return removed;
    }

    /** Since when the first one waits; there must be one. */
    long sinceNanos() {
        return items.getFirst().readyNanos();
    }

    long nanosUntilComplete(Batching batching, long nowNanos) {
        Item first = items.getFirst();
        if (first.isAlone() || items.size() >= batching.events() || bytes >= batching.bytes()) {
            return 0;
        }
        return Math.max(0, batching.linger().toNanos() - (nowNanos - first.readyNanos()));
    }

    /** The next batch, complete or not; the first delivery goes even if it is larger than a batch may be. */
    List<Item> take(Batching batching) {
        List<Item> batch = new ArrayList<>(Math.min(batching.events(), items.size()));
        long batchBytes = 0;
        while (!items.isEmpty() && batch.size() < batching.events()) {
            Item next = items.getFirst();
            boolean fits = batchBytes + next.bytes() <= batching.bytes() && !next.isAlone();
            if (!batch.isEmpty() && !fits) {
                break;
            }
            batch.add(items.removeFirst());
            batchBytes += next.bytes();
            if (next.isAlone()) {
                break;
            }
        }
        bytes -= batchBytes;
        return batch;
    }
}
