package io.segmentdo.app;

import io.segmentdo.event.Event;
import io.segmentdo.event.EventType;
import io.segmentdo.event.Utf8Json;
import io.segmentdo.identity.Partitions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Devices that send events to members all the time, one for each of some partitions, and what was acknowledged. */
final class ClusterLoad {
    static final String WRITE_KEY = "cluster-write-key";

    private static final Duration REST = Duration.ofMillis(200);

    private final int partitions;
    private final Set<String> acknowledged = ConcurrentHashMap.newKeySet();
    private final List<Sender> senders = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();

    ClusterLoad(int partitions) {
        this.partitions = partitions;
    }

    /** One device for each of so many partitions, so that each always has something to do. */
    void start(String prefix, ClusterMember member, int end) {
        for (int partition = 0; partition < end; partition++) {
            Sender sender =
                    new Sender(deviceOf(partition, prefix), member.uri("/v1/track"), WRITE_KEY, acknowledged, REST);
            senders.add(sender);
            threads.add(Thread.ofVirtual().start(sender));
        }
    }

    private String deviceOf(int partition, String prefix) {
        for (int i = 0; ; i++) {
            String name = prefix + "n" + i;
            Event event = new Event(
                    EventType.TRACK,
                    "shop",
                    "app",
                    "m",
                    "user-" + name,
                    "device-" + name,
                    null,
                    null,
                    0,
                    0,
                    Utf8Json.of("{}"));
            if (Partitions.of(event, partitions) == partition) {
                return name;
            }
        }
    }

    /** The events that were answered 200 until now. */
    Set<String> acknowledged() {
        return Set.copyOf(acknowledged);
    }

    /** Those of them that came in by members with another prefix than this. */
    Set<String> acknowledgedBut(String prefix) {
        return acknowledged.stream()
                .filter(Predicate.not(id -> id.startsWith(prefix)))
                .collect(Collectors.toUnmodifiableSet());
    }

    /** Returns when every device has been answered its last event. */
    void end(Duration patience) throws InterruptedException {
        senders.forEach(Sender::end);
        for (Thread thread : threads) {
            thread.join(patience);
        }
    }
}
