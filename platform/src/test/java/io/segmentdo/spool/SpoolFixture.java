package io.segmentdo.spool;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.segmentdo.config.ByteSize;
import io.segmentdo.event.Event;
import io.segmentdo.event.EventType;
import io.segmentdo.event.Utf8Json;
import io.segmentdo.problem.PlatformException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** What the tests of the spool share. */
final class SpoolFixture {
    private SpoolFixture() {}

    /** Small bounds, no lower bound of free space, a write buffer that overflows now and then. */
    static SpoolConfig config(ByteSize maxBytes, ByteSize recentBytes) {
        return new SpoolConfig(maxBytes, ByteSize.mebibytes(8), new ByteSize(0), recentBytes, ByteSize.mebibytes(1));
    }

    static Spool open(Path directory, SpoolConfig config) {
        return Spool.open(directory, config, new SimpleMeterRegistry(), InstantSource.system());
    }

    static Event event(String messageId, int jsonBytes) {
        return new Event(
                EventType.TRACK,
                "workspace",
                "site",
                messageId,
                "user",
                "anonymous",
                null,
                null,
                1,
                2,
                Utf8Json.of("\"" + "x".repeat(Math.max(0, jsonBytes - 2)) + "\""));
    }

    static CompletableFuture<Long> append(Spool spool, Event... events) {
        CompletableFuture<Long> position = new CompletableFuture<>();
        spool.append(List.of(events), new Spool.Acknowledgement() {
            @Override
            public void durable(long at) {
                position.complete(at);
            }

            @Override
            public void failed(PlatformException problem) {
                position.completeExceptionally(problem);
            }
        });
        return position;
    }

    /** Everything in the spool. */
    static List<SpoolRecord> records(Spool spool) {
        List<SpoolRecord> records = new ArrayList<>();
        for (long position = spool.firstPosition(); position < spool.nextPosition(); ) {
            records.addAll(spool.read(position, 1000, 1 << 20));
            position = records.getLast().position() + 1;
        }
        return records;
    }

    static List<String> messageIds(List<SpoolRecord> records) {
        return records.stream()
                .flatMap(record -> record.events().stream())
                .map(Event::messageId)
                .toList();
    }

    /** The message ids of everything in the spool. */
    static List<String> messageIds(Spool spool) {
        return messageIds(records(spool));
    }
}
