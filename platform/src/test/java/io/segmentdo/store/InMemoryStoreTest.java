package io.segmentdo.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.segmentdo.problem.PlatformException;
import java.util.List;
import org.junit.jupiter.api.Test;

class InMemoryStoreTest extends PartitionStoreContract {
    @Override
    protected PartitionStore open(int partitions) {
        return new InMemoryStore(partitions);
    }

    @Override
    protected PartitionStore reopen(PartitionStore store) {
        return ((InMemoryStore) store).restart();
    }

    @Test
    void aCrashTakesWhatWasRelaxedSinceTheLastDurableCommit() {
        InMemoryStore memory = (InMemoryStore) store;
        long epoch = memory.open(0);
        put(epoch, "a", "1", true);
        put(epoch, "b", "1", false);
        put(epoch, "c", "1", true);
        put(epoch, "c", "2", false);
        put(epoch, "d", "1", false);
        Changes cut = new Changes(0, epoch);
        cut.deleteRange(Keyspace.ACTOR, key("a"), key("c"));
        memory.commitRelaxed(List.of(cut));

        store = memory.crash();

        assertThat(keys(0, Keyspace.ACTOR)).containsExactly("a", "b", "c");
        assertThat(read(0, Keyspace.ACTOR, "c")).isEqualTo("1");
        assertThatThrownBy(() -> memory.open(0)).hasMessage("the store is closed");
    }

    @Test
    void theChosenCallFailsAndTheNextDoesNot() {
        InMemoryStore memory = (InMemoryStore) store;
        long epoch = memory.open(0);

        memory.fail(1, InMemoryStore.Fault.AFTER);
        put(epoch, "a", "1", true);
        assertThatThrownBy(() -> put(epoch, "b", "1", true)).isInstanceOf(PlatformException.class);
        memory.fail(0, InMemoryStore.Fault.BEFORE);
        assertThatThrownBy(() -> put(epoch, "c", "1", true)).isInstanceOf(PlatformException.class);
        put(epoch, "d", "1", true);

        assertThat(keys(0, Keyspace.ACTOR)).containsExactly("a", "b", "d");
    }

    private void put(long epoch, String key, String value, boolean durable) {
        Changes changes = new Changes(0, epoch);
        changes.put(Keyspace.ACTOR, key(key), key(value));
        if (durable) {
            store.commit(List.of(changes));
        } else {
            store.commitRelaxed(List.of(changes));
        }
    }
}
