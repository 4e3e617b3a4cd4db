package io.segmentdo.delivery;

import io.segmentdo.problem.PlatformException;
import io.segmentdo.problem.Problem;
import io.segmentdo.store.Keyspace;
import io.segmentdo.store.PartitionStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The deliveries that were given up: to be looked at, given another life, or forgotten.
 *
 * <p>All calls block and none may be made on an event loop. Safe for concurrent use. They fail with {@code NOT_FOUND} for
 * a destination that does not exist and {@code OVERLOADED} when it does not answer.
 */
public final class DeadLetters {
    private static final Logger LOG = LoggerFactory.getLogger(DeadLetters.class);
    static final int PAGE_MAX = 1000;

    /**
     * Some dead letters, in the order of their places in the outbox.
     *
     * @param letters at most as many as were asked for
     * @param next where the next page begins; empty at the end
     */
    public record Page(List<DeadLetter> letters, Optional<String> next) {
        public Page {
            letters = List.copyOf(letters);
        }
    }

    private final PartitionStore store;
    private final Lanes lanes;

    DeadLetters(PartitionStore store, Lanes lanes) {
        this.store = store;
        this.lanes = lanes;
    }

    /**
     * The dead letters of a destination.
     *
     * @param destination {@code <workspace>/<id>}
     * @param after what {@link Page#next} said, or empty for the first page
     * @param limit from 1 to 1,000
     */
    public Page list(String destination, Optional<String> after, int limit) {
        Lane lane = lanes.require(destination);
        if (limit < 1 || limit > PAGE_MAX) {
            throw new PlatformException(
                    Problem.INVALID_REQUEST, "limit: " + limit + " (expected: 1 to " + PAGE_MAX + ")");
        }
        show(lane);
        DeliveryKey start = after.map(DeadLetters::parse).orElse(new DeliveryKey(0, -1, 0));
        List<DeadLetter> letters = new ArrayList<>();
        for (int partition = start.partition(); partition < store.partitions() && letters.size() < limit; partition++) {
            byte[] from = DeliveryKey.start(destination);
            if (partition == start.partition() && start.position() >= 0) {
                byte[] last = start.toBytes(destination);
                from = Arrays.copyOf(last, last.length + 1);
            }
            byte[] end = DeliveryKey.end(destination);
            for (var entry : store.scan(partition, Keyspace.DEAD_LETTER, from, end, limit - letters.size())) {
                letters.add(DeadLetter.decode(DeliveryKey.ofBytes(partition, entry.key()), entry.value()));
            }
        }
        boolean more = letters.size() == limit;
        return new Page(letters, more ? Optional.of(letters.getLast().id()) : Optional.empty());
    }

    /** Delivers these again; returns how many of them there were. */
    public int replay(String destination, Collection<String> ids) {
        return Lanes.answer(lanes.require(destination)
                .replay(ids.stream().map(DeadLetters::parse).toList()));
    }

    /** Delivers all again; returns how many there were. */
    public int replayAll(String destination) {
        int replayed = 0;
        Optional<String> after = Optional.empty();
        do {
            Page page = list(destination, after, PAGE_MAX);
            replayed += replay(
                    destination, page.letters().stream().map(DeadLetter::id).toList());
            after = page.next();
        } while (after.isPresent());
        return replayed;
    }

    /** Forgets these; returns how many of them there were. */
    public int delete(String destination, Collection<String> ids) {
        return Lanes.answer(lanes.require(destination)
                .forget(ids.stream().map(DeadLetters::parse).toList()));
    }

    private static DeliveryKey parse(String id) {
        return DeliveryKey.parse(id)
                .orElseThrow(() -> new PlatformException(
                        Problem.INVALID_REQUEST, "id: " + id + " (expected: the id of a dead letter)"));
    }

    /** What has just died is still in the lane's hands; one that is held up shows what it has stored. */
    private static void show(Lane lane) {
        try {
            lane.store().get(1, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (TimeoutException | ExecutionException e) {
            LOG.atDebug().setCause(e).log("The last dead letters are not shown");
        }
    }
}
