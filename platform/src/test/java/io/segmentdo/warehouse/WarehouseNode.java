package io.segmentdo.warehouse;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.segmentdo.config.ByteSize;
import io.segmentdo.event.Event;
import io.segmentdo.event.EventType;
import io.segmentdo.event.IdentifiedEvent;
import io.segmentdo.event.OutboxEntry;
import io.segmentdo.event.ProfileFact;
import io.segmentdo.event.Utf8Json;
import io.segmentdo.identity.Colleagues;
import io.segmentdo.store.Changes;
import io.segmentdo.store.Outbox;
import io.segmentdo.store.OutboxConfig;
import io.segmentdo.store.PartitionStore;
import io.segmentdo.store.StoreConfig;
import io.segmentdo.store.rocks.RocksPartitionStore;
import io.segmentdo.warehouse.table.WarehouseTable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.io.CloseableIterable;

/** A store, its outbox and the warehouse on a directory: what of a node the warehouse needs. */
final class WarehouseNode implements AutoCloseable {
    static final String WORKSPACE = "shop";
    static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");
    static final int PARTITIONS = 4;

    final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    final AdvancedClock clock = new AdvancedClock();
    final PartitionStore store;
    final Outbox outbox;
    final Warehouse warehouse;
    private final long[] epochs = new long[PARTITIONS];
    private final long[] tails = new long[PARTITIONS];

    WarehouseNode(Path home, WarehouseConfig config) {
        this(home, config, Set.of(0, 1, 2, 3));
    }

    /** One that owns some of the partitions. */
    WarehouseNode(Path home, WarehouseConfig config, Set<Integer> owned) {
        store = RocksPartitionStore.open(home.resolve("store"), StoreConfig.DEFAULT.withPartitions(PARTITIONS), meters);
        outbox = new Outbox(store, OutboxConfig.DEFAULT, meters, InstantSource.system());
        warehouse = new Warehouse(config, home.resolve("warehouse"), store, outbox, Colleagues.NONE, meters, clock);
        own(owned);
    }

    /** Takes the partitions from another node with the same store and tables, which does not notice. */
    WarehouseNode(WarehouseNode former, Path home, WarehouseConfig config) {
        store = former.store;
        outbox = new Outbox(store, OutboxConfig.DEFAULT, meters, InstantSource.system());
        warehouse = new Warehouse(config, home.resolve("warehouse"), store, outbox, Colleagues.NONE, meters, clock);
        own(Set.of(0, 1, 2, 3));
    }

    private void own(Set<Integer> owned) {
        for (int partition : owned) {
            epochs[partition] = store.open(partition);
            tails[partition] = outbox.open(partition, epochs[partition]);
            warehouse.own(partition, epochs[partition]);
        }
    }

    /** Commits soon, so that tests need not wait. */
    static WarehouseConfig quick() {
        return with(Duration.ofMillis(100), 500);
    }

    static WarehouseConfig with(Duration interval, int columnsMax) {
        WarehouseConfig d = WarehouseConfig.DEFAULT;
        return new WarehouseConfig(
                true,
                d.location(),
                interval,
                interval,
                d.commitBytes(),
                columnsMax,
                d.upkeep(),
                d.catalog(),
                d.s3(),
                d.query(),
                d.export(),
                d.replay());
    }

    /** Commits soon, looks after tables only when it is told to, and keeps old states for so long. */
    static WarehouseConfig keeping(Duration snapshotsKept) {
        WarehouseConfig d = quick();
        return new WarehouseConfig(
                true,
                d.location(),
                d.commitInterval(),
                d.profilesInterval(),
                d.commitBytes(),
                d.columnsMax(),
                new WarehouseConfig.UpkeepConfig(
                        Duration.ofHours(1), 12, ByteSize.mebibytes(128), snapshotsKept, Duration.ofHours(24)),
                d.catalog(),
                d.s3(),
                d.query(),
                d.export(),
                d.replay());
    }

    /** Puts events into the outbox of a partition, in one commit. */
    void add(int partition, List<Event> events) {
        Changes changes = new Changes(partition, epochs[partition]);
        for (Event event : events) {
            tails[partition]++;
            String profile = "p-" + (event.userId() == null ? event.anonymousId() : event.userId());
            put(changes, new IdentifiedEvent(partition, tails[partition], profile, event));
        }
        commit(partition, changes);
    }

    void add(int partition, ProfileFact.Kind kind, String profile, String other) {
        add(partition, kind, profile, other, tails[partition] + 1, null);
    }

    void add(int partition, ProfileFact.Kind kind, String profile, String other, long ledgerFact, String snapshot) {
        Changes changes = new Changes(partition, epochs[partition]);
        tails[partition]++;
        put(
                changes,
                new ProfileFact(
                        partition,
                        tails[partition],
                        kind,
                        WORKSPACE,
                        profile,
                        other,
                        "cause",
                        "seen",
                        NOON.toEpochMilli(),
                        ledgerFact,
                        -1,
                        0,
                        snapshot == null ? null : Utf8Json.of(snapshot)));
        commit(partition, changes);
    }

    private void put(Changes changes, OutboxEntry entry) {
        outbox.add(changes, entry);
    }

    private void commit(int partition, Changes changes) {
        store.commit(List.of(changes));
        outbox.committed(partition, tails[partition]);
    }

    static Event track(String messageId, String properties) {
        return event(messageId, EventType.TRACK, """
                {"type":"track","event":"Order Completed","messageId":"%s","userId":"u1","properties":%s,\
                "context":{"ip":"1.2.3.4","page":{"url":"https://shop.example/"},"custom":{"a":1}},\
                "timestamp":"2026-11-20T12:00:00.000Z","receivedAt":"2026-11-20T12:00:00.000Z","version":2}\
                """.formatted(messageId, properties));
    }

    static Event event(String messageId, EventType type, String json) {
        return new Event(
                type,
                WORKSPACE,
                "web",
                messageId,
                "u1",
                null,
                null,
                null,
                NOON.toEpochMilli(),
                NOON.toEpochMilli(),
                Utf8Json.of(json));
    }

    /** An event, of this user. */
    static Event of(String userId, Event event) {
        return new Event(
                event.type(),
                event.workspace(),
                event.source(),
                event.messageId(),
                userId,
                null,
                null,
                null,
                event.timestampMillis(),
                event.receivedAtMillis(),
                event.json());
    }

    /** Waits until all tables have everything, as long as something is loaded every five minutes. */
    void awaitLoaded() throws InterruptedException {
        for (int partition = 0; partition < PARTITIONS; partition++) {
            long loaded = 0;
            long progressNanos = System.nanoTime();
            while (tails[partition] > 0 && warehouse.lowest(partition) <= tails[partition]) {
                if (warehouse.lowest(partition) > loaded) {
                    loaded = warehouse.lowest(partition);
                    progressNanos = System.nanoTime();
                }
                if (System.nanoTime() - progressNanos > Duration.ofMinutes(5).toNanos()) {
                    throw new AssertionError("not loaded: " + warehouse.trouble());
                }
                Thread.sleep(10);
            }
        }
    }

    Table table(WarehouseTable name) {
        return warehouse.tables().find(WORKSPACE, name).orElseThrow();
    }

    /** The rows of a table as Iceberg's own reader sees them. */
    List<Record> rows(WarehouseTable name) throws IOException {
        List<Record> rows = new ArrayList<>();
        try (CloseableIterable<Record> read = IcebergGenerics.read(table(name)).build()) {
            read.forEach(rows::add);
        }
        return rows;
    }

    /** The time, and some more. */
    static final class AdvancedClock implements InstantSource {
        private volatile Duration ahead = Duration.ZERO;

        void advance(Duration duration) {
            ahead = ahead.plus(duration);
        }

        @Override
        public Instant instant() {
            return Instant.now().plus(ahead);
        }
    }

    @Override
    public void close() {
        warehouse.close();
        store.close();
    }
}
