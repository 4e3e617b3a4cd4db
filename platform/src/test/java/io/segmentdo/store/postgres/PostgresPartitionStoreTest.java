package io.segmentdo.store.postgres;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.segmentdo.store.PartitionStore;
import io.segmentdo.store.PartitionStoreContract;
import io.segmentdo.store.PostgresConfig;
import io.segmentdo.store.StoreConfig;
import io.vertx.core.Vertx;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class PostgresPartitionStoreTest extends PartitionStoreContract {
    private static Vertx vertx;

    private final PostgresConfig database = RealPostgres.shared().config();

    @BeforeAll
    static void startVertx() {
        vertx = Vertx.vertx();
    }

    @AfterAll
    static void stopVertx() {
        vertx.close().await();
    }

    @Override
    protected PartitionStore open(int partitions) {
        return PostgresPartitionStore.open(
                vertx, StoreConfig.DEFAULT.withPartitions(partitions).on(database), new SimpleMeterRegistry());
    }

    @Override
    protected PartitionStore reopen(PartitionStore open) {
        int partitions = open.partitions();
        open.close();
        return open(partitions);
    }
}
