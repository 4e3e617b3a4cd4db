package io.segmentdo.cluster;

import java.time.Duration;
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
    private final Map<Integer, CompletableFuture<Boolean>> open = new ConcurrentHashMap<>();

    /** Waits until a partition is taken; false when the time is over, and with it the offer. */
    boolean await(int partition, Runnable kick, Duration atMost) {
        CompletableFuture<Boolean> taken = new CompletableFuture<>();
        open.put(partition, taken);
        kick.run();
        try {
            return taken.get(atMost.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (TimeoutException | ExecutionException e) {
            return false;
        } finally {
            open.remove(partition, taken);
        }
    }

    /** Those of some partitions that are offered. */
    Set<Integer> among(Set<Integer> partitions) {
        Set<Integer> offered = new TreeSet<>(open.keySet());
        offered.retainAll(partitions);
        return offered;
    }

    /** All that has to be done for these is done. */
    void taken(Set<Integer> partitions) {
        open.forEach((partition, taken) -> {
            if (partitions.contains(partition)) {
                taken.complete(true);
            }
        });
    }
}
