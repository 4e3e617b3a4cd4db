package io.segmentdo.identity;

import io.segmentdo.event.Event;
import io.segmentdo.event.EventType;
import io.segmentdo.event.Utf8Json;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Goes through what the first partitions and events of a process need, so that no partition waits while classes are loaded
 * and the store is asked for the first time.
 *
 * <p>Lanes that own nothing load partitions as owners do and identify made-up events there, which leaves no trace: a store
 * takes no commit at an epoch that it never granted. Confined to a lane.
 */
final class Rehearsal {
    private static final Logger log = LoggerFactory.getLogger(Rehearsal.class);
    private static final long NEVER_GRANTED = -1;
    private static final String NOBODYS = "$rehearsal";
    private static final int TIMES_MAX = 5;
    private static final long NANOS_MAX = Duration.ofSeconds(1).toNanos();
    private static final int USERS = 4;

    private final Supplier<IdentityLane> lanes;
    private final int partitions;

    /** With lanes that are used once each, over a store of so many partitions. */
    Rehearsal(Supplier<IdentityLane> lanes, int partitions) {
        this.lanes = lanes;
        this.partitions = partitions;
    }

    void run() {
        List<Event> events =
                IntStream.range(0, USERS).mapToObj(Rehearsal::event).toList();
        Map<Integer, Long> epochs = epochs(events);
        long start = System.nanoTime();
        for (int times = 0; times < TIMES_MAX && System.nanoTime() - start < NANOS_MAX; times++) {
            IdentityLane lane = lanes.get();
            try {
                lane.open(epochs);
                lane.apply(events);
            } catch (RuntimeException refused) { // or failed, which is told when it matters
                log.atDebug().addKeyValue("outcome", refused.getMessage()).log("Identity was rehearsed");
            } finally {
                lane.close(epochs.keySet());
            }
        }
    }

    /** Of all partitions that take part in their identification. */
    private Map<Integer, Long> epochs(List<Event> events) {
        Map<Integer, Long> epochs = new HashMap<>();
        epochs.put(IdentityLane.ledgerPartition(NOBODYS, partitions), NEVER_GRANTED);
        for (Event event : events) {
            epochs.put(Partitions.of(event, partitions), NEVER_GRANTED);
            epochs.put(ActorId.of(NOBODYS, ActorId.USER, event.messageId()).partition(partitions), NEVER_GRANTED);
        }
        return epochs;
    }

    private static Event event(int user) {
        long now = System.currentTimeMillis();
        String id = NOBODYS + user;
        String json = """
                {"type":"identify","messageId":"%1$s","userId":"%1$s","anonymousId":"%1$s","traits":{"email":"%1$s"}}""".formatted(id);
        return new Event(EventType.IDENTIFY, NOBODYS, NOBODYS, id, id, id, null, null, now, now, Utf8Json.of(json));
    }
}
