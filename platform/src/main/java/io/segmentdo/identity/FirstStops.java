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
 * Where the events of a batch go first, with everything read ahead that they will ask for, in three questions to the store.
 * Confined to its lane.
 */
final class FirstStops {
    private record Wanted(LanePartition partition, ActorId id) {}

    private final PartitionStore store;
    private final LanePartition[] partitions;
    private final ActorId[] firsts;
    private final Dedupe.Mark[] marks;
    private final boolean[] isSeen;

    FirstStops(List<Event> batch, PartitionStore store, Map<Integer, LanePartition> owned) {
        this.store = store;
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
        readSeconds(batch, owned);
    }

    private void readFirsts() {
        List<Wanted> wanted = new ArrayList<>();
        for (int i = 0; i < firsts.length; i++) {
            want(firsts[i], partitions[i], wanted);
        }
        readActors(wanted);
    }

    /** Where a known one leads, and the user of a new one. */
    private void readSeconds(List<Event> batch, Map<Integer, LanePartition> owned) {
        List<Wanted> wanted = new ArrayList<>();
        for (int i = 0; i < firsts.length; i++) {
            Event event = batch.get(i);
            Actor first = partitions[i].inMemory(firsts[i]);
            ActorId second = first == null ? user(event) : first.forward;
            LanePartition partition = second == null ? null : owned.get(second.partition(store.partitions()));
            if (second != null && partition != null) {
                want(second, partition, wanted);
            }
        }
        readActors(wanted);
    }

    private static @Nullable ActorId user(Event event) {
        String userId = event.userId();
        return userId == null ? null : ActorId.of(event.workspace(), ActorId.USER, userId);
    }

    private static void want(ActorId id, LanePartition partition, List<Wanted> wanted) {
        if (partition.isUnknown(id)) {
            wanted.add(new Wanted(partition, id));
        }
    }

    private void readActors(List<Wanted> wanted) {
        if (wanted.isEmpty()) {
            return;
        }
        List<Location> locations = new ArrayList<>(wanted.size());
        for (Wanted one : wanted) {
            locations.add(new Location(one.partition.number(), Keys.actor(one.id)));
        }
        List<byte @Nullable []> values = store.readAll(Keyspace.ACTOR, locations);
        for (int i = 0; i < wanted.size(); i++) {
            wanted.get(i).partition.loaded(wanted.get(i).id, values.get(i));
        }
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
