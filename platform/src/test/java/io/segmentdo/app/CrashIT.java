package io.segmentdo.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.segmentdo.event.IdentifiedEvent;
import io.segmentdo.warehouse.files.LocalFiles;
import io.segmentdo.warehouse.table.CatalogConfig;
import io.segmentdo.warehouse.table.Tables;
import io.segmentdo.warehouse.table.WarehouseTable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.io.CloseableIterable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A 200 is a promise: the platform is killed at random moments under load, and everything that it acknowledged is
 * delivered, stands in the outbox once, and kept its order per user.
 *
 * <p>{@code -Dcrash.rounds=} sets the number of kills, {@code -Dcrash.seed=} their moments.
 */
class CrashIT {
    private static final int ROUNDS = Integer.getInteger("crash.rounds", 30);
    private static final long SEED = Long.getLong("crash.seed", System.nanoTime());
    private static final int SENDERS = 6;
    private static final Duration STANDSTILL = Duration.ofSeconds(60);
    private static final String WRITE_KEY = "crash-write-key";

    @TempDir
    Path home;

    @Test
    void whatWasAcknowledgedSurvivesBeingKilledAtAnyMoment() throws Exception {
        System.out.println("crash.seed=" + SEED + " crash.rounds=" + ROUNDS);
        Random random = new Random(SEED);
        Set<String> acknowledged = ConcurrentHashMap.newKeySet();

        try (RecordingSink sink = RecordingSink.open();
                ChildPlatform platform = ChildPlatform.in(home)) {
            configure(sink.port());
            List<Sender> senders = new ArrayList<>();
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < SENDERS; i++) {
                Sender sender = new Sender("s" + i, platform.port(), WRITE_KEY, acknowledged);
                senders.add(sender);
                threads.add(Thread.ofVirtual().start(sender));
            }

            for (int round = 0; round < ROUNDS; round++) {
                platform.start();
                Thread.sleep(random.nextInt(20, 700));
                platform.kill();
            }
            platform.start();
            senders.forEach(Sender::end);
            for (Thread thread : threads) {
                thread.join(Duration.ofSeconds(30));
            }
            Set<String> missing = sink.awaitMessageIds(Set.copyOf(acknowledged), STANDSTILL);
            String health = platform.health();
            platform.stop();

            assertThat(acknowledged).as("seed %d", SEED).hasSizeGreaterThan(ROUNDS);
            assertThat(ranges(missing))
                    .as("acknowledged and never delivered, seed %d, health %s", SEED, health)
                    .isEmpty();
            assertFirstArrivalsAreInOrder(sink.arrivals());
            assertOutboxHoldsEachOnce(acknowledged);
            Set<String> loaded = loadedOnce();
            for (int restart = 0; restart < 5 && !loaded.containsAll(acknowledged); restart++) {
                platform.start(); // a stop is bounded: what it did not load is loaded after the next start
                Thread.sleep(Duration.ofSeconds(8));
                platform.stop();
                loaded = loadedOnce();
            }
            assertThat(loaded).as("in the warehouse, seed %d", SEED).containsAll(acknowledged);
        }
    }

    /** The messageIds in the warehouse, each of which is there once. */
    private Set<String> loadedOnce() throws Exception {
        Path warehouse = home.resolve("data/warehouse");
        Set<String> loaded = new HashSet<>();
        try (Tables tables = Tables.open(
                        CatalogConfig.DEFAULT, warehouse, new LocalFiles(), LocalFiles.location(warehouse));
                CloseableIterable<Record> rows = IcebergGenerics.read(
                                tables.find("crash", WarehouseTable.EVENTS).orElseThrow())
                        .select("message_id")
                        .build()) {
            for (Record row : rows) {
                assertThat(loaded.add((String) row.getField("message_id")))
                        .as("%s is in the warehouse once, seed %d", row.getField("message_id"), SEED)
                        .isTrue();
            }
        }
        return loaded;
    }

    private void configure(int sinkPort) throws Exception {
        Path workspaces = Files.createDirectories(home.resolve("config/workspaces"));
        Files.writeString(workspaces.resolve("crash.yaml"), """
            sources:
              - id: app
                kind: server
                write-keys: [%s]
            destinations:
              - id: sink
                plugin: webhook
                ordered: true
                settings:
                  url: http://127.0.0.1:%d/
                connections:
                  - source: app
            """.formatted(WRITE_KEY, sinkPort));
    }

    /** Thousands of messageIds as the few runs of numbers that they are, by sender. */
    private static List<String> ranges(Set<String> messageIds) {
        Map<String, BitSet> numbers = new TreeMap<>();
        for (String messageId : messageIds) {
            int dash = messageId.indexOf('-');
            numbers.computeIfAbsent(messageId.substring(0, dash), sender -> new BitSet())
                    .set(Integer.parseInt(messageId.substring(dash + 1)));
        }
        List<String> ranges = new ArrayList<>();
        numbers.forEach((sender, set) -> {
            for (int first = set.nextSetBit(0); first >= 0; ) {
                int end = set.nextClearBit(first);
                ranges.add(sender + "-" + first + ".." + (end - 1));
                first = set.nextSetBit(end);
            }
        });
        return ranges;
    }

    private static void assertFirstArrivalsAreInOrder(List<JsonNode> arrivals) {
        Map<String, Integer> last = new HashMap<>();
        Set<String> seen = new HashSet<>();
        for (JsonNode event : arrivals) {
            if (seen.add(event.path("messageId").asText())) {
                String user = event.path("userId").asText();
                int number = event.path("properties").path("number").asInt();
                assertThat(number)
                        .as("first arrival of %s, seed %d", event.path("messageId"), SEED)
                        .isGreaterThan(last.getOrDefault(user, 0));
                last.put(user, number);
            }
        }
    }

    private void assertOutboxHoldsEachOnce(Set<String> acknowledged) {
        Map<String, Integer> counts = new HashMap<>();
        for (IdentifiedEvent entry : OutboxDump.of(home.resolve("data"))) {
            counts.merge(entry.event().messageId(), 1, Integer::sum);
        }
        assertThat(counts.keySet()).containsAll(acknowledged);
        assertThat(counts)
                .allSatisfy((messageId, count) -> assertThat(count)
                        .as("times in the outbox: %s, seed %d", messageId, SEED)
                        .isEqualTo(1));
    }
}
