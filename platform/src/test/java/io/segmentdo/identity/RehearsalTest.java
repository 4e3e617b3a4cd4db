package io.segmentdo.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.segmentdo.store.Changes;
import io.segmentdo.store.InMemoryStore;
import io.segmentdo.store.Keyspace;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RehearsalTest {
    private static final int PARTITIONS = 8;

    private final InMemoryStore store = new InMemoryStore(PARTITIONS);
    private final List<IdentityLane> lanes = new ArrayList<>();
    private final Set<String> tried = new TreeSet<>();

    @Test
    void everythingIsDoneAndNothingIsLeft() {
        new Rehearsal(this::lane, PARTITIONS).run();

        assertThat(tried).contains("ACTOR", "DEDUPE");
        for (Keyspace keyspace : Keyspace.values()) {
            IntStream.range(0, PARTITIONS)
                    .forEach(partition -> assertThat(store.last(partition, keyspace))
                            .as("%s of %d", keyspace, partition)
                            .isNull());
        }
        assertThat(lanes).isNotEmpty().allMatch(lane -> lane.partitions().isEmpty());
    }

    @Test
    void whoOwnsPartitionsDoesNotNotice() {
        IdentityLane owner = lane();
        owner.open(IntStream.range(0, PARTITIONS).boxed().toList());
        owner.apply(List.of(Events.track("m1", null, "a1")));

        new Rehearsal(this::lane, PARTITIONS).run();
        LaneResult result = owner.apply(List.of(Events.track("m1", null, "a1"), Events.track("m2", null, "a1")));

        assertThat(result.bySource().get("w/s")).isEqualTo(new LaneResult.Counts(1, 1, 0, 0));
    }

    private IdentityLane lane() {
        DecoratedStore noting = new DecoratedStore(store) {
            @Override
            public void commit(List<Changes> changes) {
                changes.forEach(one -> one.asList()
                        .forEach(change -> tried.add(change.keyspace().name())));
                super.commit(changes);
            }
        };
        IdentityLane lane = new IdentityLane(
                noting,
                new RecordedLog(store),
                IdentityConfig.DEFAULT,
                workspace -> IdentityRules.DEFAULT,
                ChannelTransport.NONE);
        lanes.add(lane);
        return lane;
    }
}
