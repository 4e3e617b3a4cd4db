package io.segmentdo.warehouse;

import static org.assertj.core.api.Assertions.assertThat;

import io.segmentdo.config.Secret;
import io.segmentdo.event.Event;
import io.segmentdo.event.EventType;
import io.segmentdo.event.ProfileFact;
import io.segmentdo.store.postgres.RealPostgres;
import io.segmentdo.warehouse.files.LocalFiles;
import io.segmentdo.warehouse.table.CatalogConfig;
import io.segmentdo.warehouse.table.RestCatalogServer;
import io.segmentdo.warehouse.table.WarehouseTable;
import java.net.URI;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.iceberg.data.Record;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two members that write the same tables at the same time, through catalogs that several can use. */
class MembersIT {
    private static final int BATCHES = 12;
    private static final int BATCH = 20;
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    @TempDir
    Path home;

    @Test
    void membersWriteOneTableThroughPostgres() throws Exception {
        eachEventIsThereOnce(postgres());
    }

    private CatalogConfig postgres() throws SQLException {
        try (Connection connection = RealPostgres.shared().connect()) {
            String url = connection.getMetaData().getURL();
            String name = home.getFileName().toString(); // the server is kept for other tests
            return new CatalogConfig(URI.create(url), name, "postgres", new Secret("postgres"));
        }
    }

    /** One member has not written yet what somebody said, when another one knows already whom they are part of. */
    @Test
    void whatAnotherMemberKnowsAboutSomebodyCounts() throws Exception {
        WarehouseConfig config = config(postgres(), Duration.ofHours(1));
        try (WarehouseNode one = new WarehouseNode(home.resolve("one"), config, Set.of(0, 1));
                WarehouseNode other = new WarehouseNode(home.resolve("other"), config, Set.of(2, 3))) {
            one.add(0, List.of(said("first", "u-first")));
            assertThat(one.warehouse.catchUp(PATIENCE)).isTrue();
            one.add(0, List.of(said("late", "u-absorbed"), said("gone", "u-deleted")));
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            while (one.rows(WarehouseTable.EVENTS).size() < 3) {
                assertThat(System.nanoTime()).as("events are there at once").isLessThan(deadline);
                TimeUnit.MILLISECONDS.sleep(10);
            }
            other.add(2, ProfileFact.Kind.MERGED, "p-u-root", "p-u-absorbed");
            other.add(3, ProfileFact.Kind.DELETED, "p-u-deleted", null);
            assertThat(other.warehouse.catchUp(PATIENCE)).isTrue();

            assertThat(one.warehouse.catchUp(PATIENCE)).isTrue();

            assertThat(one.rows(WarehouseTable.USERS).stream().map(row -> row.getField("profile_id")))
                    .containsExactlyInAnyOrder("p-u-first", "p-u-root");
        }
    }

    private static Event said(String messageId, String userId) {
        String identify = "{\"type\":\"identify\",\"traits\":{\"plan\":\"pro\"}}";
        return WarehouseNode.of(userId, WarehouseNode.event(messageId, EventType.IDENTIFY, identify));
    }

    @Test
    void membersWriteOneTableThroughARestCatalog() throws Exception {
        try (RestCatalogServer server = RestCatalogServer.start(home.resolve("catalog"), "token")) {
            eachEventIsThereOnce(new CatalogConfig(server.uri(), "lake", "", new Secret("token")));
        }
    }

    private void eachEventIsThereOnce(CatalogConfig catalog) throws Exception {
        WarehouseConfig config = config(catalog, CrashedLoader.config().profilesInterval());
        try (WarehouseNode one = new WarehouseNode(home.resolve("one"), config, Set.of(0, 1));
                WarehouseNode other = new WarehouseNode(home.resolve("other"), config, Set.of(2, 3));
                ExecutorService members = Executors.newFixedThreadPool(2)) {
            List<Future<?>> writing =
                    List.of(members.submit(() -> write(one, 0)), members.submit(() -> write(other, 2)));
            while (!writing.stream().allMatch(Future::isDone)) {
                one.warehouse.lookAfterTables();
                TimeUnit.MILLISECONDS.sleep(200); // other members want to commit, too
            }
            for (Future<?> each : writing) {
                each.get();
            }
            one.awaitLoaded();
            other.awaitLoaded();

            Set<String> ids = new HashSet<>();
            for (Record row : one.rows(WarehouseTable.EVENTS)) {
                String id = (String) row.getField("message_id");
                assertThat(ids.add(id)).as(id + " comes once").isTrue();
                String column = "p" + id.substring(0, id.lastIndexOf('-')).replace("-", "x");
                assertThat(row.getField(column)).as(column).isEqualTo("x");
            }
            assertThat(ids).hasSize(2 * BATCHES * BATCH);
        }
    }

    /** Each batch has a property of its own, so that members also meet in changing the columns. */
    private static Void write(WarehouseNode node, int partition) throws Exception {
        for (int i = 0; i < BATCHES; i++) {
            String batch = partition + "-" + i;
            node.add(
                    partition + i % 2,
                    IntStream.range(0, BATCH)
                            .mapToObj(j -> WarehouseNode.track(
                                    batch + "-" + j, "{\"p" + batch.replace("-", "x") + "\":\"x\"}"))
                            .toList());
            TimeUnit.MILLISECONDS.sleep(50); // so that there are several commits
        }
        return null;
    }

    private WarehouseConfig config(CatalogConfig catalog, Duration profilesInterval) {
        WarehouseConfig d = CrashedLoader.config();
        return new WarehouseConfig(
                true,
                URI.create(LocalFiles.location(home.resolve("lake"))),
                d.commitInterval(),
                profilesInterval,
                d.commitBytes(),
                100,
                d.upkeep(),
                catalog,
                d.s3(),
                d.query(),
                d.export(),
                d.replay());
    }
}
