package io.segmentdo.warehouse;

import static org.assertj.core.api.Assertions.assertThat;

import io.segmentdo.event.Event;
import io.segmentdo.warehouse.files.LocalFiles;
import io.segmentdo.warehouse.table.Positions;
import io.segmentdo.warehouse.table.WarehouseTable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.Record;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UpkeepIT {
    @TempDir
    Path home;

    @Test
    void smallFilesBecomeOneAndOldStatesGoWithTheirFiles() throws Exception {
        try (WarehouseNode node = new WarehouseNode(home, config())) {
            load(node, 12);
            node.add(0, List.of(WarehouseNode.track("late", "{\"late\":true}")));
            node.awaitLoaded();
            Positions before = Positions.of(node.table(WarehouseTable.EVENTS)).orElseThrow();
            assertThat(dataFiles()).hasSize(13);

            node.warehouse.lookAfterTables();

            assertThat(node.rows(WarehouseTable.EVENTS)).hasSize(13);
            assertThat(dataFiles()).hasSize(1);
            assertThat(Positions.of(node.table(WarehouseTable.EVENTS))).hasValue(before);
            assertThat(node.warehouse.size(WarehouseNode.WORKSPACE, WarehouseTable.EVENTS))
                    .hasValueSatisfying(size -> {
                        assertThat(size.rows()).isEqualTo(13);
                        assertThat(size.files()).isEqualTo(1);
                    });
            load(node, 2);
            assertThat(node.rows(WarehouseTable.EVENTS)).hasSize(15);
        }
    }

    /** {@code -Dwarehouse.commits=720} is an hour of them. */
    @Test
    void thereAreNoMoreFilesHoweverManyCommitsThereWere() throws Exception {
        int commits = Integer.getInteger("warehouse.commits", 48);
        try (WarehouseNode node = new WarehouseNode(home, config())) {
            for (int i = 1; i <= commits; i++) {
                node.add(i % 3, List.of(WarehouseNode.track("m" + i, "{\"n\":" + i + "}")));
                assertThat(node.warehouse.catchUp(Duration.ofMinutes(5))).isTrue();
                if (i % 12 == 0) {
                    node.clock.advance(Duration.ofMinutes(10)); // it is time to forget states
                    node.warehouse.lookAfterTables();

                    Table table = node.table(WarehouseTable.EVENTS);
                    assertThat(table.currentSnapshot().allManifests(table.io())).hasSizeLessThan(24);
                    assertThat(table.history()).hasSizeLessThan(4);
                    assertThat(dataFiles()).hasSizeLessThan(24);
                    assertThat(files()).hasSizeLessThan(80);
                }
            }
            assertThat(node.rows(WarehouseTable.EVENTS)).hasSize(commits);
        }
    }

    @Test
    void rowsOfJoinedFilesAreSortedByEventAndTime() throws Exception {
        try (WarehouseNode node = new WarehouseNode(home, config())) {
            for (int i = 0; i < 12; i++) {
                Event event = WarehouseNode.track("m" + i, "{}");
                node.add(
                        0,
                        List.of(new Event(
                                event.type(),
                                event.workspace(),
                                event.source(),
                                event.messageId(),
                                event.userId(),
                                null,
                                null,
                                null,
                                event.timestampMillis() - i,
                                event.receivedAtMillis(),
                                event.json())));
                node.awaitLoaded();
            }
            node.warehouse.lookAfterTables();

            assertThat(node.rows(WarehouseTable.EVENTS).stream().map(row -> (String) row.getField("message_id")))
                    .startsWith("m11", "m10")
                    .endsWith("m0");
        }
    }

    @Test
    void filesThatNoTableRefersToGoWhenTheyAreOld() throws Exception {
        try (WarehouseNode node = new WarehouseNode(home, config())) {
            load(node, 1);
            Path directory = LocalFiles.path(node.table(WarehouseTable.EVENTS).location());
            Path old = Files.writeString(directory.resolve("data/old.parquet"), "half a file");
            Path fresh = Files.writeString(directory.resolve("data/fresh.parquet"), "half a file");
            Files.setLastModifiedTime(old, FileTime.from(Instant.now().minus(Duration.ofHours(25))));
            node.clock.advance(Duration.ofHours(7));

            node.warehouse.lookAfterTables();

            assertThat(old).doesNotExist();
            assertThat(fresh).exists();
            assertThat(node.rows(WarehouseTable.EVENTS)).hasSize(1);
        }
    }

    @Test
    void aStateThatOthersHaveForgottenDoesNotMakeEventsComeTwice() throws Exception {
        try (WarehouseNode node = new WarehouseNode(home, config())) {
            load(node, 3);
            Table table = node.table(WarehouseTable.EVENTS);
            // as another engine would: replace all files, then forget all states but that one
            List<Record> rows = node.rows(WarehouseTable.EVENTS);
            org.apache.iceberg.DataFile first =
                    table.newScan().planFiles().iterator().next().file();
            table.newOverwrite().deleteFile(first).addFile(first.copy()).commit();
            long current = table.currentSnapshot().snapshotId();
            table.snapshots().forEach(snapshot -> {
                if (snapshot.snapshotId() != current) {
                    table.expireSnapshots()
                            .expireSnapshotId(snapshot.snapshotId())
                            .cleanupLevel(org.apache.iceberg.ExpireSnapshots.CleanupLevel.NONE)
                            .commit();
                }
            });
            assertThat(Positions.of(node.table(WarehouseTable.EVENTS))).isEmpty();
            assertThat(rows).hasSize(3);
        }
        try (WarehouseNode node = new WarehouseNode(home, config())) {
            node.add(0, List.of(WarehouseNode.track("new", "{}")));
            node.awaitLoaded();

            assertThat(node.rows(WarehouseTable.EVENTS)).hasSize(4);
            assertThat(Positions.of(node.table(WarehouseTable.EVENTS))).isPresent();
        }
    }

    private static void load(WarehouseNode node, int commits) throws Exception {
        for (int i = 0; i < commits; i++) {
            node.add(i % 3, List.of(WarehouseNode.track("m" + i, "{\"n\":" + i + "}")));
            node.awaitLoaded();
        }
    }

    private List<Path> dataFiles() throws Exception {
        return files().stream()
                .filter(file -> file.toString().endsWith(".parquet"))
                .toList();
    }

    private List<Path> files() throws Exception {
        try (Stream<Path> all = Files.walk(home.resolve("warehouse"))) {
            return all.filter(Files::isRegularFile).toList();
        }
    }

    /** Joins what there is and keeps no old state. */
    private static WarehouseConfig config() {
        return WarehouseNode.keeping(Duration.ZERO);
    }
}
