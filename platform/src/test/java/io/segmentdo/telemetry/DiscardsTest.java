package io.segmentdo.telemetry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.segmentdo.config.ByteSize;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;

class DiscardsTest {
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private long now = 0;
    private final InstantSource clock = () -> Instant.ofEpochMilli(++now);

    @Test
    void countsAreKeptBySourceAndReason() {
        Discards discards = new Discards(meters, DiscardsConfig.DEFAULT, clock);

        discards.count("shop/web", "missing_event", 3);
        discards.count("shop/web", "missing_event", 2);
        discards.count("shop/app", "duplicate", 1);

        assertThat(discards.counts())
                .containsExactly(
                        new Discards.Count("shop/web", "missing_event", 5),
                        new Discards.Count("shop/app", "duplicate", 1));
        assertThat(discards.total()).isEqualTo(6);
        assertThat(meters.get("segmentdo.discarded")
                        .tags("source", "shop/web", "reason", "missing_event")
                        .counter()
                        .count())
                .isEqualTo(5);
    }

    @Test
    void theNewestSamplesPushOutTheOldest() {
        Discards discards = new Discards(meters, new DiscardsConfig(2, ByteSize.kibibytes(1), 10), clock);

        for (int i = 1; i <= 5; i++) {
            discards.sample("shop/web", "too_big", "event " + i, "{}".getBytes(UTF_8));
        }

        assertThat(discards.samples()).extracting(Discard::detail).containsExactly("event 5", "event 4");
    }

    @Test
    void aSampleKeepsOnlyTheBeginningOfThePayload() {
        Discards discards = new Discards(meters, new DiscardsConfig(2, new ByteSize(4), 10), clock);

        discards.sample("shop/web", "not_json", "", "abcdefgh".getBytes(UTF_8));

        assertThat(discards.samples().getFirst().excerpt()).isEqualTo("abcd");
    }

    @Test
    void pastTheBoundSourcesAreCountedTogether() {
        Discards discards = new Discards(meters, new DiscardsConfig(2, ByteSize.kibibytes(1), 2), clock);

        for (int i = 0; i < 100; i++) {
            discards.count("source-" + i, "unknown_write_key", 1);
        }

        assertThat(discards.counts())
                .hasSize(3)
                .contains(new Discards.Count(Discards.OTHER_SOURCE, "unknown_write_key", 98));
    }
}
