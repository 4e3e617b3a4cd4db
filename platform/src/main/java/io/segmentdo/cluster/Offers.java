package io.segmentdo.cluster;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
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

    /** Those of some partitions that are offered, each with the time since when nobody owns it. */
    Map<Integer, Long> among(Set<Integer> partitions) {
        Map<Integer, Long> offered = new TreeMap<>();
        open.forEach((partition, offer) -> {
            if (partitions.contains(partition)) {
                offered.put(partition, offer.sinceMillis);
            }
        });
        return offered;
    }

    /** All that has to be done for these is done. */
    void taken(Set<Integer> partitions) {
        open.forEach((partition, offer) -> {
            if (partitions.contains(partition)) {
                offer.taken.complete(true);
            }
        });
    }
}
