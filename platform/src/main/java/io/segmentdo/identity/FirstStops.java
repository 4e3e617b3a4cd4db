package io.segmentdo.identity;

import io.segmentdo.event.Event;
import io.segmentdo.store.Keyspace;
import io.segmentdo.store.PartitionStore;
import io.segmentdo.store.PartitionStore.Location;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where the events of a batch go first, with everything read ahead that they will ask for, in a few questions to the store.
 * Confined to its lane.
 */
final class FirstStops {
    private final PartitionStore store;
    private final ReadAhead ahead;
    private final LanePartition[] partitions;
    private final ActorId[] firsts;
    private final Dedupe.Mark[] marks;
    private final boolean[] isSeen;

    FirstStops(List<Event> batch, PartitionStore store, Map<Integer, LanePartition> owned) {
        this.store = store;
        this.ahead = new ReadAhead(store, owned);
        partitions = new LanePartition[batch.size()];
        firsts = new ActorId[batch.size()];
        marks = new Dedupe.Mark[batch.size()];
        isSeen = new boolean[batch.size()];
        for (int i = 0; i < batch.size(); i++) {
            Event event = batch.get(i);
            firsts[i] = Partitions.firstStop(event);
            partitions[i] = IdentityLane.owned(firsts[i].partition(store.partitions()), owned);
            marks[i] = Dedupe.mark(event);
        }
        readMarks(batch);
        readFirsts();
        readSeconds(batch);
        readTraits(batch);
    }

    private void readFirsts() {
        for (ActorId first : firsts) {
            ahead.addActor(first);
        }
        ahead.read();
    }

    /** Where a known one leads, and the user of a new one, with what the ledger knows of both: it will be asked to join them. */
    private void readSeconds(List<Event> batch) {
        for (int i = 0; i < firsts.length; i++) {
            Actor first = partitions[i].records().inMemory(firsts[i]);
            ActorId second = first == null ? user(batch.get(i)) : first.forward;
            if (second != null) {
                ahead.addActor(second);
                if (first == null && store.commitsTogether()) {
                    ahead.addNode(firsts[i]);
                    ahead.addNode(second);
                }
            }
        }
        ahead.read();
    }

    /** The traits that known ones change. */
    private void readTraits(List<Event> batch) {
        for (int i = 0; i < firsts.length; i++) {
            ahead.addTraits(firsts[i], firsts[i], batch.get(i));
        }
        ahead.read();
    }

    /** The user whom an event names, if any. */
    static @Nullable ActorId user(Event event) {
        String userId = event.userId();
        return userId == null ? null : ActorId.of(event.workspace(), ActorId.USER, userId);
    }

    private void readMarks(List<Event> batch) {
        List<Location> locations = new ArrayList<>(2 * batch.size());
        for (int i = 0; i < batch.size(); i++) {
            for (byte[] key : partitions[i].keys(batch.get(i), marks[i])) {
                locations.add(new Location(partitions[i].number(), key));
            }
        }
        List<byte @Nullable []> found = store.readAll(Keyspace.DEDUPE, locations);
        for (int i = 0; i < isSeen.length; i++) {
            isSeen[i] = found.get(2 * i) != null || found.get(2 * i + 1) != null;
        }
    }

    LanePartition partition(int place) {
        return partitions[place];
    }

    ActorId first(int place) {
        return firsts[place];
    }

    Dedupe.Mark mark(int place) {
        return marks[place];
    }

    boolean isSeen(int place) {
        return isSeen[place];
    }
}
