package io.segmentdo.store.rocks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.segmentdo.problem.PlatformException;
import io.segmentdo.problem.Problem;
import io.segmentdo.store.Changes;
import io.segmentdo.store.Keyspace;
import io.segmentdo.store.PartitionStore;
import io.segmentdo.store.PartitionStoreContract;
import io.segmentdo.store.StoreConfig;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RocksPartitionStoreTest extends PartitionStoreContract {
    @TempDir
    private Path directory;

    @Override
    protected PartitionStore open(int partitions) {
        return RocksPartitionStore.open(directory, configOf(partitions), new SimpleMeterRegistry());
    }

    @Override
    protected PartitionStore reopen(PartitionStore open) {
        int partitions = open.partitions();
        open.close();
        return open(partitions);
    }

    @Test
    void anotherNumberOfPartitionsIsRefusedByName() {
        int made = store.partitions();
        store.close();

        assertThatThrownBy(() -> open(made + 1))
                .isInstanceOfSatisfying(
                        PlatformException.class, e -> assertThat(e.problem()).isEqualTo(Problem.INVALID_CONFIG))
                .hasMessageContaining("store.partitions: " + (made + 1))
                .hasMessageContaining("expected: " + made);
    }

    @Test
    void aSecondProcessIsToldThatTheStoreIsInUse() {
        assertThatThrownBy(() -> open(store.partitions()))
                .isInstanceOf(PlatformException.class)
                .hasMessageContaining("another process uses it");
    }

    @Test
    void aClosedStoreRefusesEverything() {
        Changes changes = changesOf(0);
        changes.put(Keyspace.ACTOR, key("a"), key("1"));
        store.close();

        assertThatThrownBy(() -> store.read(0, Keyspace.ACTOR, key("a"))).hasMessageContaining("is closed");
        assertThatThrownBy(() -> store.commit(List.of(changes))).hasMessageContaining("is closed");
        store.close();
    }

    private static StoreConfig configOf(int partitions) {
        return StoreConfig.DEFAULT.withPartitions(partitions);
    }
}
