package io.segmentdo.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.segmentdo.api.Batching;
import io.segmentdo.delivery.DeliveryConfig.RetryConfig;
import io.segmentdo.event.IdentifiedEvent;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The parts of a lane that are right or wrong by themselves. */
class SmallPartsTest {
    @Test
    void delaysGrowToTheirBoundAndAreSpreadOut() {
        Backoff backoff = new Backoff(new RetryConfig(Duration.ofSeconds(1), Duration.ofSeconds(60)), new Random(1));

        for (int attempt = 1; attempt < 1_000; attempt++) {
            long bound = Math.min(60_000, 1_000L << Math.min(attempt - 1, 20));
            assertThat(backoff.delayMillis(attempt)).isBetween(1L, bound);
        }
        assertThat(Stream.generate(() -> backoff.delayMillis(10))
                        .limit(20)
                        .distinct()
                        .count())
                .isGreaterThan(10);
    }

    @Test
    void aBatchIsCompleteByCountBytesOrTime() {
        Batching batching = new Batching(3, 1_000, Duration.ofMillis(50));
        Ready ready = new Ready();
        long now = 0;

        assertThat(ready.nanosUntilComplete(action -> batching, now)).isEqualTo(Long.MAX_VALUE);
        ready.add(item(1), now);
        assertThat(ready.nanosUntilComplete(action -> batching, now))
                .isEqualTo(Duration.ofMillis(50).toNanos());
        assertThat(ready.nanosUntilComplete(
                        action -> batching, Duration.ofMillis(50).toNanos()))
                .isZero();
        ready.add(item(2), now);
        ready.add(item(3), now);
        ready.add(item(4), now);
        assertThat(ready.nanosUntilComplete(action -> batching, now)).isZero();
        assertThat(ready.take(action -> batching, 0))
                .extracting(Item::messageId)
                .containsExactly("m1", "m2", "m3");
        assertThat(ready.take(action -> new Batching(3, 1, Duration.ZERO), 0)).hasSize(1);
        assertThat(ready.isEmpty()).isTrue();
    }

    @Test
    void whatMadeACallFailGoesAloneNextTime() {
        Batching batching = new Batching(10, 1_000_000, Duration.ZERO);
        Ready ready = new Ready();
        Item poison = item(2);
        poison.keepAlone();
        List.of(item(1), poison, item(3)).forEach(item -> ready.add(item, 0));

        assertThat(ready.take(action -> batching, 0))
                .extracting(Item::messageId)
                .containsExactly("m1");
        assertThat(ready.take(action -> batching, 0))
                .extracting(Item::messageId)
                .containsExactly("m2");
        assertThat(ready.take(action -> batching, 0))
                .extracting(Item::messageId)
                .containsExactly("m3");
    }

    @Test
    void secretsAreMaskedTheLongestFirst() {
        Masker masker = new Masker(List.of("abcd", "abcdef", "a"));

        assertThat(masker.mask("a abcdef abcd")).isEqualTo("a *** ***");
        assertThat(masker.mask("x".repeat(5_000))).hasSize(1_025).endsWith("…");
    }

    @Test
    void keysKeepTheOrderOfTheOutboxAndTheirDestinationsApart() {
        DeliveryKey key = new DeliveryKey(3, 258, 2);

        assertThat(DeliveryKey.ofBytes(3, key.toBytes("w/a"))).isEqualTo(key);
        assertThat(DeliveryKey.parse(key.toString())).contains(key);
        assertThat(DeliveryKey.parse("3-x-1")).isEmpty();
        assertThat(Arrays.compareUnsigned(key.toBytes("w/a"), new DeliveryKey(3, 259, 0).toBytes("w/a")))
                .isNegative();
        assertThat(Arrays.compareUnsigned(key.toBytes("w/ab"), DeliveryKey.end("w/a")))
                .isPositive();
    }

    @Test
    void whatIsStoredIsReadAgain() {
        IdentifiedEvent event = new IdentifiedEvent(3, 7, "p", Pipeline.event(1, "u"));
        DeliveryKey key = new DeliveryKey(3, 7, 1);
        byte[] retry = new Retry(key, "p", 4, 500, 99).encode(event);
        DeadLetter letter = new DeadLetter(key.toString(), 5, "why", 2, "p", "POST", "HTTP 400", event.event());

        assertThat(Retry.decodeEvent(key, retry)).isEqualTo(event);
        assertThat(Retry.decode(key, retry).failedAttempts()).isEqualTo(4);
        assertThat(Retry.decode(key, retry).waitedMillis()).isEqualTo(500);
        assertThat(Retry.decode(key, retry).dueMillis()).isEqualTo(99);
        assertThat(DeadLetter.decode(key, letter.encode())).isEqualTo(letter);
    }

    private static Item item(int number) {
        return new Item(new IdentifiedEvent(0, number, "p", Pipeline.event(number, "p")));
    }
}
