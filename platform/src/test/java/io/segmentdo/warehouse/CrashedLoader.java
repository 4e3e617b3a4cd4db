package io.segmentdo.warehouse;

import io.segmentdo.config.ByteSize;
import io.segmentdo.event.Event;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The process that {@link WarehouseCrashIT} kills: puts events into an outbox without end, loads them, and joins files and
 * forgets states all the time. It says when it
 * begins to look after its tables and when that is done.
 */
final class CrashedLoader {
    private CrashedLoader() {}

    /** Runs on a directory until it is killed. */
    public static void main(String[] args) throws Exception {
        Path home = Path.of(args[0]);
        try (WarehouseNode node = new WarehouseNode(home, config())) {
            Thread.ofPlatform().daemon().start(() -> {
                while (true) {
                    try {
                        awaitLoads(node, 2);
                        System.out.println("upkeep begins");
                        node.warehouse.lookAfterTables();
                        System.out.println("upkeep is done");
                    } catch (InterruptedException e) {
                        return;
                    } catch (RuntimeException e) {
                        System.err.println(e);
                    }
                }
            });
            while (true) {
                for (int partition = 0; partition < WarehouseNode.PARTITIONS; partition++) {
                    long tail = node.outbox.tail(partition);
                    List<Event> events = new ArrayList<>();
                    for (int i = 1; i <= 25; i++) {
                        long number = tail + i;
                        events.add(WarehouseNode.track(
                                partition + "-" + number,
                                "{\"number\":" + number + ",\"p" + number % 97 + "\":\"x\"}"));
                    }
                    node.add(partition, events);
                }
                Thread.sleep(20);
            }
        }
    }

    /** So many files there are to be joined. */
    private static void awaitLoads(WarehouseNode node, int loads) throws InterruptedException {
        long known = node.warehouse.lowest(0);
        for (int seen = 0; seen < loads; ) {
            Thread.sleep(5);
            long now = node.warehouse.lowest(0);
            seen += now > known ? 1 : 0;
            known = now;
        }
    }

    static WarehouseConfig config() {
        WarehouseConfig d = WarehouseNode.quick();
        return new WarehouseConfig(
                true,
                d.location(),
                d.commitInterval(),
                d.profilesInterval(),
                d.commitBytes(),
                30,
                new WarehouseConfig.UpkeepConfig(
                        Duration.ofHours(1), 2, ByteSize.mebibytes(16), Duration.ZERO, Duration.ofHours(24)),
                d.catalog(),
                d.s3(),
                d.query(),
                d.export(),
                d.replay());
    }
}
