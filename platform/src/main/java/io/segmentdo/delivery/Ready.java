package io.segmentdo.delivery;

import io.segmentdo.api.Batching;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Deliveries that may go, and the batches that are made of them. Each action gathers its own, within its own limits.
 * Confined to its lane.
 */
final class Ready {
    /** Those that are not empty, by action. */
    private final Map<String, Pile> piles = new LinkedHashMap<>();

    boolean isEmpty() {
        return piles.isEmpty();
    }

    void add(Item item, long nowNanos) {
        item.readySince(nowNanos);
        pile(item).addLast(item);
    }

    private Pile pile(Item item) {
        return piles.computeIfAbsent(item.action(), action -> new Pile());
    }

    /** Puts back what was taken and not sent, before everything else and in the same order. */
    void putBack(List<Item> taken) {
        for (Item item : taken.reversed()) {
            pile(item).addFirst(item);
        }
    }

    /** Puts those at the front that are such behind all others. */
    void putBehind(Predicate<Item> such) {
        piles.values().forEach(pile -> pile.putBehind(such));
    }

    /** Takes out those of a partition. */
    List<Item> remove(int partition) {
        List<Item> removed = new ArrayList<>();
        piles.values().forEach(pile -> removed.addAll(pile.remove(partition)));
        piles.values().removeIf(Pile::isEmpty);
        return removed;
    }

    /**
     * In how many nanoseconds a batch is complete: 0 for now, {@link Long#MAX_VALUE} for never.
     *
     * @param limits of an action's batches
     */
    long nanosUntilComplete(Function<String, Batching> limits, long nowNanos) {
        long soonest = Long.MAX_VALUE;
        for (Map.Entry<String, Pile> pile : piles.entrySet()) {
            soonest = Math.min(soonest, pile.getValue().nanosUntilComplete(limits.apply(pile.getKey()), nowNanos));
        }
        return soonest;
    }

    /** The next batch, which is the one that is complete first, or would be; of several the one that has waited longest. */
    List<Item> take(Function<String, Batching> limits, long nowNanos) {
        Comparator<Map.Entry<String, Pile>> bySoonest = Comparator.comparingLong(
                pile -> pile.getValue().nanosUntilComplete(limits.apply(pile.getKey()), nowNanos));
        Map.Entry<String, Pile> next = piles.entrySet().stream()
                .min(bySoonest.thenComparing(
                        pile -> nowNanos - pile.getValue().sinceNanos(), Comparator.reverseOrder()))
                .orElse(null);
        if (next == null) {
            return List.of();
        }
        List<Item> batch = next.getValue().take(limits.apply(next.getKey()));
        if (next.getValue().isEmpty()) {
            piles.remove(next.getKey());
        }
        return batch;
    }
}
