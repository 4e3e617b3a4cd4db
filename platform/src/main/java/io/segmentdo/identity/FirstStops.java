package io.segmentdo.identity;

import io.segmentdo.event.Event;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;

/** Where the events of a batch go first, with everything read ahead that they will ask for. Confined to its lane. */
final class FirstStops {
    private static final class Group {
        private final List<Integer> places = new ArrayList<>();
        private final List<Event> events = new ArrayList<>();
        private final List<ActorId> ids = new ArrayList<>();
        private final List<Dedupe.Mark> marks = new ArrayList<>();
    }

    private final LanePartition[] partitions;
    private final Dedupe.Mark[] marks;
    private final boolean[] isSeen;

    FirstStops(List<Event> batch, int partitionCount, IntFunction<LanePartition> owned) {
        partitions = new LanePartition[batch.size()];
        marks = new Dedupe.Mark[batch.size()];
        isSeen = new boolean[batch.size()];
        Map<LanePartition, Group> groups = new LinkedHashMap<>();
        for (int i = 0; i < batch.size(); i++) {
            Event event = batch.get(i);
            ActorId first = Partitions.firstStop(event);
            partitions[i] = owned.apply(first.partition(partitionCount));
            marks[i] = Dedupe.mark(event);
            Group group = groups.computeIfAbsent(partitions[i], key -> new Group());
            group.places.add(i);
            group.events.add(event);
            group.ids.add(first);
            group.marks.add(marks[i]);
        }
        groups.forEach(this::readAhead);
    }

    private void readAhead(LanePartition partition, Group group) {
        partition.prefetch(group.ids);
        boolean[] seen = partition.areSeen(group.events, group.marks);
        for (int i = 0; i < seen.length; i++) {
            isSeen[group.places.get(i)] = seen[i];
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
