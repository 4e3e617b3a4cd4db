package io.segmentdo.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.segmentdo.event.Event;
import io.segmentdo.event.EventType;
import io.segmentdo.event.IdentifiedEvent;
import io.segmentdo.store.OutboxTimes;
import io.segmentdo.store.PostgresConfig;
import io.segmentdo.store.StoreConfig;
import io.segmentdo.store.postgres.PostgresPartitionStore;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What a cluster has left behind, compared with what it promised, and how long its partitions stood still. */
final class ClusterAccount {
    /** Something that happened to a member, and how long its consequences were waited for. */
    record Happening(String what, long fromMillis, long untilMillis) {}

    private ClusterAccount() {}

    /** First arrivals of a user's events are in the order in which they were accepted. */
    static void checkArrivals(List<JsonNode> arrivals) {
        Map<String, Integer> last = new HashMap<>();
        Set<String> seen = new HashSet<>();
        for (JsonNode event : arrivals) {
            if (seen.add(event.path("messageId").asText())) {
                String user = event.path("userId").asText();
                int number = event.path("properties").path("number").asInt();
                assertThat(number)
                        .as("first arrival of %s", event.path("messageId"))
                        .isGreaterThan(last.getOrDefault(user, 0));
                last.put(user, number);
            }
        }
    }

    /** The outboxes have every acknowledged event once, and each user's events without a gap and in order. */
    static void checkOutboxes(
            PostgresConfig database, int partitions, Set<String> acknowledged, List<Happening> happenings) {
        Vertx vertx = Vertx.vertx();
        try (PostgresPartitionStore store = PostgresPartitionStore.open(
                vertx, StoreConfig.DEFAULT.withPartitions(partitions).on(database), new SimpleMeterRegistry())) {
            Map<String, Integer> counts = new HashMap<>();
            Map<String, Integer> last = new HashMap<>();
            for (IdentifiedEvent entry : OutboxDump.of(store)) {
                Event event = entry.event();
                if (event.type() != EventType.TRACK) {
                    continue;
                }
                counts.merge(event.messageId(), 1, Integer::sum);
                int number = Integer.parseInt(
                        event.messageId().substring(event.messageId().lastIndexOf('-') + 1));
                assertThat(number)
                        .as("place of %s in the outbox", event.messageId())
                        .isEqualTo(last.getOrDefault(event.userId(), 0) + 1);
                last.put(event.userId(), number);
            }
            assertThat(counts.keySet()).containsAll(acknowledged);
            assertThat(counts.values()).as("times in the outbox").allMatch(count -> count == 1);
            System.out.printf("cluster: %d events; per partition, the longest time without a commit%n", counts.size());
            happenings.forEach(happening -> report(store, happening));
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().join();
        }
    }

    private static void report(PostgresPartitionStore store, Happening happening) {
        List<Long> gaps = new ArrayList<>();
        for (int partition = 0; partition < store.partitions(); partition++) {
            gaps.add(longestGap(OutboxTimes.of(store, partition), happening));
        }
        gaps.sort(null);
        System.out.printf(
                "  %-6s took %5d ms, longest %5d ms, each: %s%n",
                happening.what(), happening.untilMillis() - happening.fromMillis(), gaps.getLast(), gaps);
    }

    /** Between commits, the last one before it happened and the first one behind its end included. */
    private static long longestGap(List<Long> times, Happening happening) {
        long longest = 0;
        long last = happening.fromMillis();
        for (long time : times) {
            if (time >= happening.fromMillis() && last < happening.untilMillis()) {
                longest = Math.max(longest, time - last);
                last = time;
            }
        }
        return longest;
    }
}
