package io.segmentdo.warehouse;

import static org.assertj.core.api.Assertions.assertThat;

import io.segmentdo.warehouse.files.LocalFiles;
import io.segmentdo.warehouse.table.CatalogConfig;
import io.segmentdo.warehouse.table.Tables;
import io.segmentdo.warehouse.table.WarehouseTable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.io.CloseableIterable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Each event is in the table once, whatever is killed when: loads, compaction and expiry run all the time in a process
 * that is killed soon after it has begun to look after its tables, or has done so.
 *
 * <p>{@code -Dwarehouse.crash.rounds=} sets the number of kills, {@code -Dwarehouse.crash.seed=} their moments.
 */
class WarehouseCrashIT {
    private static final int ROUNDS = Integer.getInteger("warehouse.crash.rounds", 30);
    private static final long SEED = Long.getLong("warehouse.crash.seed", System.nanoTime());

    @TempDir
    Path home;

    @Test
    void eachEventIsInTheTableOnceWhateverIsKilledWhen() throws Exception {
        System.out.println("warehouse.crash.seed=" + SEED + " warehouse.crash.rounds=" + ROUNDS);
        Random random = new Random(SEED);
        int replacing = 0;
        for (int round = 0; round < ROUNDS; round++) {
            kill(random.nextInt(1, 3), TimeUnit.MILLISECONDS.toNanos(random.nextInt(0, 120)));
            replacing += readEachOnce();
        }
        assertThat(replacing).as("states that compaction made").isPositive();

        try (WarehouseNode node = new WarehouseNode(home, CrashedLoader.config())) {
            for (int partition = 0; partition < WarehouseNode.PARTITIONS; partition++) {
                node.add(
                        partition,
                        List.of(WarehouseNode.track(partition + "-" + (node.outbox.tail(partition) + 1), "{}")));
            }
            node.awaitLoaded();
            node.warehouse.lookAfterTables();

            Set<String> expected = new HashSet<>();
            for (int partition = 0; partition < WarehouseNode.PARTITIONS; partition++) {
                for (long position = 1; position <= node.outbox.tail(partition); position++) {
                    expected.add(partition + "-" + position);
                }
            }
            assertThat(messageIds(node.table(WarehouseTable.EVENTS)))
                    .as("seed %d", SEED)
                    .isEqualTo(expected);
        }
    }

    private void kill(int sign, long nanosAfter) throws Exception {
        Path log = home.resolve("child.log");
        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-Xshare:auto",
                        "-Xmx256m",
                        "-Djava.io.tmpdir=" + System.getProperty("java.io.tmpdir"),
                        CrashedLoader.class.getName(),
                        home.toString())
                .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        try (var lines = child.inputReader()) {
            for (int seen = 0; seen < sign; ) {
                String line = lines.readLine();
                assertThat(line).as(() -> text(log)).isNotNull();
                seen += line.startsWith("upkeep") ? 1 : 0;
            }
            LockSupport.parkNanos(nanosAfter); // the moment of the kill, which is random
        } finally {
            child.destroyForcibly().waitFor();
        }
    }

    private static String text(Path log) {
        try {
            return Files.readString(log);
        } catch (java.io.IOException e) {
            return e.toString();
        }
    }

    /** Reads the table that the killed process has left behind; returns how many of its states replaced files. */
    private int readEachOnce() throws Exception {
        Path directory = home.resolve("warehouse");
        try (Tables tables =
                Tables.open(CatalogConfig.DEFAULT, directory, new LocalFiles(), LocalFiles.location(directory))) {
            Optional<Table> table = tables.find(WarehouseNode.WORKSPACE, WarehouseTable.EVENTS);
            if (table.isEmpty()) {
                return 0;
            }
            messageIds(table.get());
            int replacing = 0;
            for (var snapshot : table.get().snapshots()) {
                replacing += snapshot.operation().equals("replace") ? 1 : 0;
            }
            return replacing;
        }
    }

    private static Set<String> messageIds(Table table) throws Exception {
        Set<String> ids = new HashSet<>();
        try (CloseableIterable<Record> rows =
                IcebergGenerics.read(table).select("message_id").build()) {
            for (Record row : rows) {
                assertThat(ids.add((String) row.getField("message_id")))
                        .as("%s comes twice, seed %d", row.getField("message_id"), SEED)
                        .isTrue();
            }
        }
        return ids;
    }
}
