package io.segmentdo.cluster;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Partitions that others have let go for this node, until it has them. Safe for concurrent use. */
final class Offers {
    private record Offer(long sinceMillis, CompletableFuture<Boolean> taken) {}

    private final Map<Integer, Offer> open = new ConcurrentHashMap<>();

    /** Waits until a partition is taken; false when the time is over, and with it the offer. */
    boolean await(int partition, long sinceMillis, Runnable kick, Duration atMost) {
        Offer offer = new Offer(sinceMillis, new CompletableFuture<>());
        open.put(partition, offer);
        kick.run();
        try {
            return offer.taken.get(atMost.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (TimeoutException | ExecutionException e) {
            return false;
        } finally {
            open.remove(partition, offer);
        }
    }

    /** Those of some partitions that are offered. */
    Set<Integer> among(Set<Integer> partitions) {
        Set<Integer> offered = new TreeSet<>(open.keySet());
        offered.retainAll(partitions);
        return offered;
    }

    /** All that has to be done for these is done; since when those of them had no owner whose offers end with that. */
    Map<Integer, Long> taken(Set<Integer> partitions) {
        Map<Integer, Long> ended = new HashMap<>();
        open.forEach((partition, offer) -> {
            if (partitions.contains(partition) && offer.taken.complete(true)) {
                ended.put(partition, offer.sinceMillis);
            }
        });
        return ended;
    }
}
