package io.segmentdo.delivery;

import io.segmentdo.api.Batching;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Predicate;

/** Deliveries that may go, and the batches that are made of them. Confined to its lane. */
final class Ready {
    private final Deque<Item> items = new ArrayDeque<>();
    private long bytes;

    boolean isEmpty() {
        return items.isEmpty();
    }

    void add(Item item, long nowNanos) {
        item.readySince(nowNanos);
        items.addLast(item);
        bytes += item.bytes();
    }

    /** Puts back what was taken and not sent, before everything else and in the same order. */
    void putBack(List<Item> taken) {
        for (Item item : taken.reversed()) {
            items.addFirst(item);
            bytes += item.bytes();
        }
    }

    /** Puts those at the front that are such behind all others. */
    void putBehind(Predicate<Item> such) {
        for (int left = items.size(); left > 0 && such.test(items.getFirst()); left--) {
            items.addLast(items.removeFirst());
        }
    }

    /** Takes out those of a partition. */
    List<Item> remove(int partition) {
        List<Item> removed = items.stream()
                .filter(item -> item.identified().partition() == partition)
                .toList();
        items.removeIf(item -> item.identified().partition() == partition);
        removed.forEach(item -> bytes -= item.bytes());
        return removed;
    }

    /** In how many nanoseconds a batch is complete: 0 for now, {@link Long#MAX_VALUE} for never. */
    long nanosUntilComplete(Batching batching, long nowNanos) {
        Item first = items.peek();
        if (first == null) {
            return Long.MAX_VALUE;
        }
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
            Item next = items.peek();
            boolean fits = batchBytes + next.bytes() <= batching.bytes() && !next.isAlone();
            if (!batch.isEmpty() && !fits) {
                break;
            }
            batch.add(items.remove());
            batchBytes += next.bytes();
            if (next.isAlone()) {
                break;
            }
        }
        bytes -= batchBytes;
        return batch;
    }
}
