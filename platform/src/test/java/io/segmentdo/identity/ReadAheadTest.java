package io.segmentdo.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.segmentdo.event.Event;
import io.segmentdo.store.InMemoryStore;
import io.segmentdo.store.Keyspace;
import io.segmentdo.store.PartitionStore;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** How often a lane asks its store for a single value, which on a database is a round trip each. */
class ReadAheadTest {
    private static final int PARTITIONS = 64;
    private static final int PEOPLE = 200;

    /** For those whose identifiers, and with them the ledger, happen to be in one partition. */
    private static final int FEW = PEOPLE / 5;

    private final CountingStore store = new CountingStore(new InMemoryStore(PARTITIONS));
    private IdentityLane lane = open();

    @Test
    void theTraitsAndLinksOfManyNewPeopleAreReadTogether() {
        int reads = readsFor(
                n -> Events.identify("new" + n, "u" + n, "a" + n, "{\"plan\":\"pro\",\"email\":\"e" + n + "@x\"}"));

        assertThat(reads).isLessThan(FEW);
    }

    @Test
    void soAreThoseOfManyWhoAreKnownToTheStoreOnly() {
        assertThat(readsFor(n -> Events.identify("new" + n, "u" + n, "a" + n, "{\"plan\":\"pro\"}")))
                .isLessThan(FEW);
        lane = open();
        assertThat(readsFor(n -> Events.identify("again" + n, "u" + n, "a" + n, "{\"plan\":\"free\"}")))
                .isLessThan(FEW);
        lane = open();
        assertThat(readsFor(n -> Events.track("moved" + n, "u" + n, "b" + n))).isLessThan(FEW);
    }

    private IdentityLane open() {
        IdentityLane opened = new IdentityLane(
                store,
                new RecordedLog(store),
                IdentityConfig.DEFAULT,
                workspace -> IdentityRules.DEFAULT,
                ChannelTransport.NONE);
        opened.open(IntStream.range(0, PARTITIONS).boxed().toList());
        return opened;
    }

    /** Lets all of them happen and what follows of it. */
    private int readsFor(IntFunction<Event> event) {
        store.reads = 0;
        lane.apply(IntStream.range(0, PEOPLE).mapToObj(event).toList());
        while (!lane.isIdle()) {
            lane.drain();
        }
        return store.reads;
    }

    private static final class CountingStore extends DecoratedStore {
        private int reads;

        CountingStore(PartitionStore store) {
            super(store);
        }

        @Override
        public byte @Nullable [] read(int partition, Keyspace keyspace, byte[] key) {
            reads++;
            return super.read(partition, keyspace, key);
        }
    }
}
