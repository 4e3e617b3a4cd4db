package io.segmentdo.warehouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.segmentdo.event.Event;
import io.segmentdo.event.EventType;
import io.segmentdo.event.ProfileFact;
import io.segmentdo.problem.PlatformException;
import io.segmentdo.warehouse.files.LocalFiles;
import io.segmentdo.warehouse.table.CatalogConfig;
import io.segmentdo.warehouse.table.Positions;
import io.segmentdo.warehouse.table.Tables;
import io.segmentdo.warehouse.table.WarehouseTable;
import io.segmentdo.warehouse.upkeep.ErasureReceipt;
import io.segmentdo.warehouse.upkeep.Upkeep;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.Table;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nothing of who was erased is left in tables, in states, in files, nor comes back, whatever happens meanwhile. */
class ErasureIT {
    private static final String IDENTIFY = "{\"type\":\"identify\",\"traits\":{\"plan\":\"pro\"}}";
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    @TempDir
    Path home;

    @Test
    void anErasedProfileIsInNoTableNoStateAndNoFile() throws Exception {
        try (WarehouseNode node = new WarehouseNode(home, WarehouseNode.keeping(Duration.ofDays(1)))) {
            for (int i = 0; i < 3; i++) {
                node.add(
                        i,
                        List.of(
                                WarehouseNode.track("keep" + i, "{\"secret\":\"no\"}"),
                                event("gone" + i, EventType.IDENTIFY, "u-gone")));
                node.awaitLoaded();
            }
            node.add(0, ProfileFact.Kind.MERGED, "p-u-gone", "p-before");
            node.add(0, ProfileFact.Kind.DELETED, "p-u-gone", null);
            node.awaitLoaded();
            Positions before = Positions.of(node.table(WarehouseTable.EVENTS)).orElseThrow();
            assertThat(node.rows(WarehouseTable.USERS)).as("after the deletion").isEmpty();
            assertThat(node.table(WarehouseTable.USERS).snapshots())
                    .as("states that have it")
                    .hasSizeGreaterThan(1);

            ErasureReceipt receipt = node.warehouse.erase(WarehouseNode.WORKSPACE, Set.of("p-u-gone"));

            assertThat(receipt.profileIds()).containsExactlyInAnyOrder("p-u-gone", "p-before");
            assertThat(removed(receipt, "events").rows()).isEqualTo(3);
            assertThat(removed(receipt, "events").files()).isEqualTo(3);
            assertThat(removed(receipt, "events").states()).isEqualTo(5);
            assertThat(removed(receipt, "events").snapshotId())
                    .isEqualTo(
                            node.table(WarehouseTable.EVENTS).currentSnapshot().snapshotId());
            assertThat(removed(receipt, "users").rows()).isZero();
            assertThat(removed(receipt, "profile_merges").rows()).isEqualTo(2);
            assertThat(messageIds(node)).containsExactlyInAnyOrder("keep0", "keep1", "keep2");
            assertThat(Positions.of(node.table(WarehouseTable.EVENTS))).hasValue(before);
            assertNothingIsLeft(node, "p-u-gone", "p-before");

            ErasureReceipt again = node.warehouse.erase(WarehouseNode.WORKSPACE, Set.of("p-u-gone"));
            assertThat(again.tables().values())
                    .allMatch(removed -> removed.rows() == 0 && removed.files() == 0 && removed.states() == 0);
        }
    }

    @Test
    void whoIsErasedGoesWithAllTheyHadAbsorbed() throws Exception {
        try (WarehouseNode node = new WarehouseNode(home, WarehouseNode.quick())) {
            for (String user : List.of("first", "second", "third", "gone", "out")) {
                node.add(0, List.of(event(user, EventType.TRACK, user)));
            }
            node.add(1, ProfileFact.Kind.MERGED, "p-gone", "p-third", 3, null);
            node.add(1, ProfileFact.Kind.MERGED, "p-gone", "p-out", 4, null);
            node.add(0, ProfileFact.Kind.MERGED, "p-third", "p-second", 2, null);
            node.add(0, ProfileFact.Kind.MERGED, "p-second", "p-first", 1, null);
            node.add(0, ProfileFact.Kind.UNMERGED, "p-out", "p-gone", 5, "{}");
            node.add(1, ProfileFact.Kind.DELETED, "p-gone", null);

            ErasureReceipt receipt = node.warehouse.erase(WarehouseNode.WORKSPACE, Set.of("p-gone"));

            assertThat(receipt.profileIds()).containsExactlyInAnyOrder("p-gone", "p-third", "p-second", "p-first");
            assertThat(messageIds(node)).containsExactly("out");
        }
    }

    @Test
    void whoWasNotDeletedIsNotErased() throws Exception {
        try (WarehouseNode node = new WarehouseNode(home, WarehouseNode.quick())) {
            node.add(0, List.of(event("m", EventType.TRACK, "alive")));

            assertThatThrownBy(() -> node.warehouse.erase(WarehouseNode.WORKSPACE, Set.of("p-alive")))
                    .isInstanceOf(PlatformException.class)
                    .hasMessageContaining("p-alive")
                    .hasMessageContaining("expected: profiles that were deleted");

            assertThat(messageIds(node)).containsExactly("m");
        }
    }

    @Test
    void aStateThatSomebodyHasNamedIsNotOverlooked() throws Exception {
        try (WarehouseNode node = new WarehouseNode(home, WarehouseNode.quick())) {
            node.add(0, List.of(event("m", EventType.TRACK, "gone")));
            node.add(0, ProfileFact.Kind.DELETED, "p-gone", null);
            node.awaitLoaded();
            Table events = node.table(WarehouseTable.EVENTS);
            events.manageSnapshots()
                    .createTag("audit", events.currentSnapshot().snapshotId())
                    .commit();

            assertThatThrownBy(() -> node.warehouse.erase(WarehouseNode.WORKSPACE, Set.of("p-gone")))
                    .hasMessageContaining("audit");

            events.manageSnapshots().removeTag("audit").commit();
            node.warehouse.erase(WarehouseNode.WORKSPACE, Set.of("p-gone"));
            assertNothingIsLeft(node, "p-gone");
        }
    }

    @Test
    void whatWasStillInTheOutboxDoesNotComeBackAfterAnErasure() throws Exception {
        try (WarehouseNode node = new WarehouseNode(home, WarehouseNode.with(Duration.ofHours(1), 10))) {
            node.add(0, List.of(event("early", EventType.IDENTIFY, "u1")));
            assertThat(node.warehouse.catchUp(PATIENCE)).isTrue();
            node.add(1, List.of(event("late", EventType.IDENTIFY, "u1")));
            node.add(0, ProfileFact.Kind.DELETED, "p-u1", null);

            ErasureReceipt receipt = node.warehouse.erase(WarehouseNode.WORKSPACE, Set.of("p-u1"));

            assertThat(removed(receipt, "events").rows()).isEqualTo(2);
        } // which loads what is left
        try (WarehouseNode node = new WarehouseNode(home, WarehouseNode.quick())) {
            assertThat(node.rows(WarehouseTable.EVENTS)).isEmpty();
            assertThat(node.rows(WarehouseTable.USERS)).isEmpty();
        }
    }

    /** It has read what somebody said and not written it yet, stands still, and goes on when they were erased. */
    @Test
    void whatAMemberHasKeptThatLostItsPartitionsIsNotWrittenAnyMore() throws Exception {
        WarehouseNode former = new WarehouseNode(home, patient());
        former.add(0, List.of(event("before", EventType.IDENTIFY, "u-other")));
        assertThat(former.warehouse.catchUp(PATIENCE)).isTrue();
        former.add(0, List.of(event("said", EventType.IDENTIFY, "u-gone")));
        former.add(1, List.of(event("kept", EventType.IDENTIFY, "u-kept")));
        awaitRows(former, 3);

        WarehouseNode next = new WarehouseNode(former, home, patient());
        next.add(0, ProfileFact.Kind.DELETED, "p-u-gone", null);
        ErasureReceipt receipt = next.warehouse.erase(WarehouseNode.WORKSPACE, Set.of("p-u-gone"));
        assertThat(removed(receipt, "events").rows()).isEqualTo(1);

        former.warehouse.close(); // writes what it has
        next.add(2, List.of(event("after", EventType.IDENTIFY, "u-after")));
        assertThat(next.warehouse.catchUp(PATIENCE)).isTrue();
        assertThat(messageIds(next)).containsExactlyInAnyOrder("before", "kept", "after");
        assertThat(next.rows(WarehouseTable.USERS).stream().map(row -> row.getField("profile_id")))
                .containsExactlyInAnyOrder("p-u-other", "p-u-kept", "p-u-after");
        assertNothingIsLeft(next, "p-u-gone");
        next.close();
    }

    /** Writes events at once, and who they are about after an hour. */
    private static WarehouseConfig patient() {
        WarehouseConfig d = WarehouseNode.quick();
        return new WarehouseConfig(
                true,
                d.location(),
                d.commitInterval(),
                Duration.ofHours(1),
                d.commitBytes(),
                d.columnsMax(),
                d.upkeep(),
                d.catalog(),
                d.s3(),
                d.query(),
                d.export(),
                d.replay());
    }

    private static void awaitRows(WarehouseNode node, int rows) throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (messageIds(node).size() < rows) {
            assertThat(System.nanoTime()).as("rows").isLessThan(deadline);
            Thread.sleep(10);
        }
    }

    /** Files can be changed so often and never again then, as after a kill: the rest is done by the next attempt. */
    @Test
    void anErasureThatIsEndedAnywhereIsCompletedByTheNext() throws Exception {
        try (WarehouseNode node = new WarehouseNode(home, WarehouseNode.keeping(Duration.ofDays(1)))) {
            int kept = 0;
            boolean isEnded = true;
            for (int changes = 0; isEnded; changes += 6) {
                String gone = "gone" + changes;
                kept++;
                node.add(
                        0,
                        List.of(event("keep" + changes, EventType.TRACK, "u1"), event(gone, EventType.IDENTIFY, gone)));
                node.add(0, ProfileFact.Kind.MERGED, "p-" + gone, "p-before");
                assertThat(node.warehouse.catchUp(PATIENCE)).isTrue();
                node.add(0, ProfileFact.Kind.DELETED, "p-" + gone, null);
                assertThat(node.warehouse.catchUp(PATIENCE)).isTrue();

                isEnded = !erases("p-" + gone, changes);
                node.warehouse.erase(WarehouseNode.WORKSPACE, Set.of("p-" + gone));

                assertThat(messageIds(node)).as("after %d changes", changes).hasSize(kept);
                assertNothingIsLeft(node, "p-" + gone, "p-before");
            }
        }
    }

    private boolean erases(String profile, int changesMax) {
        AtomicInteger left = new AtomicInteger(changesMax);
        try {
            eraseWith(profile, location -> {
                if (left.getAndDecrement() <= 0) {
                    throw new IllegalStateException("the process is gone");
                }
            });
        } catch (RuntimeException e) {
            assertThat(left.get()).as(e.toString()).isNegative();
        }
        return left.get() >= 0;
    }

    @Test
    void aFileThatAnotherMemberHasJoinedMeanwhileIsFoundInItsPlace() throws Exception {
        try (WarehouseNode node = new WarehouseNode(home, WarehouseNode.quick())) {
            node.add(0, List.of(event("keep", EventType.TRACK, "u1"), event("gone", EventType.TRACK, "gone")));
            node.add(0, ProfileFact.Kind.DELETED, "p-gone", null);
            node.awaitLoaded();
            AtomicBoolean isJoined = new AtomicBoolean();

            eraseWith("p-gone", location -> {
                if (location.contains("erased-") && isJoined.compareAndSet(false, true)) {
                    join(node.table(WarehouseTable.EVENTS));
                }
            });

            assertThat(isJoined).isTrue();
            assertThat(messageIds(node)).containsExactly("keep");
            assertNothingIsLeft(node, "p-gone");
        }
    }

    /** As another member would, who has found several files. */
    private static void join(Table table) {
        DataFile old = table.newScan().planFiles().iterator().next().file();
        String location = old.location().replace(".parquet", "-joined.parquet");
        try {
            Files.copy(LocalFiles.path(old.location()), LocalFiles.path(location));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        table.newRewrite()
                .deleteFile(old)
                .addFile(DataFiles.builder(table.spec())
                        .copy(old)
                        .withPath(location)
                        .build())
                .commit();
    }

    /** Erases by another process, so to say, whose changes of files are watched. */
    private void eraseWith(String profile, Consumer<String> beforeChange) {
        Path directory = home.resolve("warehouse");
        WatchedFiles files = new WatchedFiles(beforeChange);
        try (Tables tables = Tables.open(CatalogConfig.DEFAULT, directory, files, LocalFiles.location(directory));
                Upkeep upkeep = new Upkeep(
                        () -> tables,
                        new Upkeep.Rules(12, 1 << 20, Duration.ofDays(1), Duration.ofDays(1)),
                        new SimpleMeterRegistry(),
                        InstantSource.system())) {
            upkeep.erase(WarehouseNode.WORKSPACE, Set.of(profile));
        }
    }

    // ---- what is left

    private static ErasureReceipt.Removed removed(ErasureReceipt receipt, String table) {
        return Optional.ofNullable(receipt.tables().get(table)).orElseThrow();
    }

    private static List<String> messageIds(WarehouseNode node) throws IOException {
        return node.rows(WarehouseTable.EVENTS).stream()
                .map(row -> (String) row.getField("message_id"))
                .toList();
    }

    private static void assertNothingIsLeft(WarehouseNode node, String... profiles) throws IOException {
        for (String row : LyingRows.of(node.warehouse.tables(), WarehouseNode.WORKSPACE)) {
            assertThat(row).doesNotContain(profiles);
        }
    }

    private static Event event(String messageId, EventType type, String userId) {
        return WarehouseNode.of(
                userId,
                type == EventType.IDENTIFY
                        ? WarehouseNode.event(messageId, type, IDENTIFY)
                        : WarehouseNode.track(messageId, "{}"));
    }
}
