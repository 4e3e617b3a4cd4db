package io.segmentdo.identity;

import io.segmentdo.event.Event;
import io.segmentdo.store.Keyspace;
import io.segmentdo.store.PartitionStore;
import io.segmentdo.store.PartitionStore.Location;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Where the events of a batch go first, with everything read ahead that they will ask for, in two questions to the store.
 * Confined to its lane.
 */
final class FirstStops {
    private record Wanted(LanePartition partition, ActorId id) {}

    private final PartitionStore store;
    private final LanePartition[] partitions;
    private final Dedupe.Mark[] marks;
    private final boolean[] isSeen;

    FirstStops(List<Event> batch, PartitionStore store, IntFunction<LanePartition> owned) {
        this.store = store;
        partitions = new LanePartition[batch.size()];
        marks = new Dedupe.Mark[batch.size()];
        isSeen = new boolean[batch.size()];
        Map<LanePartition, List<ActorId>> ids = new LinkedHashMap<>();
        for (int i = 0; i < batch.size(); i++) {
            Event event = batch.get(i);
            ActorId first = Partitions.firstStop(event);
            partitions[i] = owned.apply(first.partition(store.partitions()));
            marks[i] = Dedupe.mark(event);
            ids.computeIfAbsent(partitions[i], key -> new ArrayList<>()).add(first);
        }
        readActors(ids);
        readMarks(batch);
    }

    private void readActors(Map<LanePartition, List<ActorId>> ids) {
        List<Wanted> wanted = new ArrayList<>();
        ids.forEach((partition, of) -> partition.unknown(of).forEach(id -> wanted.add(new Wanted(partition, id))));
        List<byte @Nullable []> values = store.readAll(
                Keyspace.ACTOR,
                wanted.stream()
                        .map(one -> new Location(one.partition.number(), Keys.actor(one.id)))
                        .toList());
        for (int i = 0; i < values.size(); i++) {
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

    Dedupe.Mark mark(int place) {
        return marks[place];
    }

    boolean isSeen(int place) {
        return isSeen[place];
    }
}
