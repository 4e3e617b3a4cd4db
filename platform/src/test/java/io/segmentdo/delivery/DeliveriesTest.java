package io.segmentdo.delivery;

import static io.segmentdo.delivery.Pipeline.await;
import static io.segmentdo.delivery.Pipeline.destination;
import static io.segmentdo.delivery.Pipeline.disabled;
import static io.segmentdo.delivery.Pipeline.event;
import static io.segmentdo.delivery.Pipeline.ordered;
import static org.assertj.core.api.Assertions.assertThat;

import io.segmentdo.api.Batching;
import io.segmentdo.api.Delivery;
import io.segmentdo.destination.Subscription;
import io.segmentdo.event.Event;
import io.segmentdo.store.InMemoryStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What the engine promises, with destinations of the tests' own. */
class DeliveriesTest {
    private final FakeCatalogue catalogue = new FakeCatalogue();
    private final Recorder recorder = new Recorder("recorder");
    private final InMemoryStore store = new InMemoryStore(8);

    DeliveriesTest() {
        catalogue.put(recorder);
    }

    @Test
    void aSubscriptionTakesWhatItsTriggerSays() {
        try (Pipeline pipeline = pipeline(Pipeline.QUICK)) {
            var two = new Subscription("event = \"Order Completed\"", "", Map.of());
            var none = new Subscription("type = \"identify\"", "", Map.of());
            pipeline.deliveries().replaceAll(List.of(destination("d", "recorder", Map.of(), two, none)));

            pipeline.publish(0, 10);
            pipeline.awaitSettled();

            assertThat(recorder.delivered()).hasSize(10).doesNotHaveDuplicates();
        }
    }

    @Test
    void nothingIsSentWhileAnotherMemberMayHaveTakenThePartitions() {
        try (Pipeline pipeline = pipeline(Pipeline.QUICK)) {
            pipeline.deliveries().replaceAll(List.of(destination("d", "recorder", Map.of())));
            pipeline.publish(0, 10);
            pipeline.awaitSettled();
            store.live(false);

            pipeline.publish(10, 20);
            await(() -> pipeline.status("d").counts().waiting() == 10);
            LockSupport.parkNanos(Duration.ofMillis(200).toNanos()); // longer than it takes to send them

            assertThat(recorder.delivered()).hasSize(10);
            store.live(true);
            pipeline.awaitSettled();
            assertThat(recorder.delivered()).hasSize(20).doesNotHaveDuplicates();
        }
    }

    @Test
    void anEventIsDeliveredOnceForEachSubscriptionThatTakesIt() {
        try (Pipeline pipeline = pipeline(Pipeline.QUICK)) {
            pipeline.deliveries()
                    .replaceAll(List.of(destination("d", "recorder", Map.of(), Subscription.ALL, Subscription.ALL)));

            pipeline.publish(0, 10);
            pipeline.awaitSettled(20);

            assertThat(recorder.delivered()).hasSize(20);
        }
    }

    @Test
    void anEventThatAsksNotToBeSentIsFiltered() {
        try (Pipeline pipeline = pipeline(Pipeline.QUICK)) {
            pipeline.deliveries().replaceAll(List.of(destination("d", "recorder", Map.of())));

            pipeline.publish(List.of(
                    event(1, "a", "\"integrations\":{\"Recorder\":false}"),
                    event(2, "a", "\"integrations\":{\"All\":false}"),
                    event(3, "a", "\"integrations\":{\"All\":false,\"Recorder\":{\"x\":1}}"),
                    event(4, "a", "\"_metadata\":{\"bundled\":[\"Recorder\"]}"),
                    event(
                            5,
                            "a",
                            "\"_metadata\":{\"bundled\":[\"Segment.io\"]},\"integrations\":{\"Segment.io\":true}")));
            pipeline.awaitSettled();

            assertThat(recorder.delivered()).containsExactly("m3", "m5");
            assertThat(pipeline.status("d").counts().filtered()).isEqualTo(3);
        }
    }

    @Test
    void aMappingMakesThePayload() {
        try (Pipeline pipeline = pipeline(Pipeline.QUICK)) {
            var mapped = new Subscription("", "", Map.of("id", Map.of("@path", "$.messageId")));
            pipeline.deliveries().replaceAll(List.of(destination("d", "recorder", Map.of(), mapped)));

            pipeline.publish(3, 4);
            pipeline.awaitSettled();

            assertThat(recorder.payloads()).containsExactly(Map.of("id", "m3"));
        }
    }

    @Test
    void aDeliveryThatFailsIsTriedAgainAndHoldsUpNoOther() {
        recorder.outcome(e -> e.messageId().equals("m0") && recorder.attempts("m0") < 4
                ? Delivery.retry("not yet")
                : Delivery.delivered());
        try (Pipeline pipeline = pipeline(Pipeline.QUICK)) {
            pipeline.deliveries().replaceAll(List.of(destination("d", "recorder", Map.of())));

            pipeline.publish(0, 50);
            pipeline.awaitSettled();

            assertThat(recorder.delivered()).hasSize(50).endsWith("m0");
            assertThat(recorder.attempts("m0")).isEqualTo(4);
        }
    }

    @Test
    void whatIsRejectedBecomesADeadLetterAndCanBeReplayed() {
        AtomicBoolean better = new AtomicBoolean();
        recorder.outcome(e -> better.get() ? Delivery.delivered() : Delivery.rejected("bad taste"));
        try (Pipeline pipeline = pipeline(Pipeline.QUICK)) {
            pipeline.deliveries().replaceAll(List.of(destination("d", "recorder", Map.of())));
            pipeline.publish(0, 30);
            pipeline.awaitSettled();
            DeadLetters letters = pipeline.deliveries().deadLetters();

            DeadLetters.Page page = letters.list("w/d", Optional.empty(), 20);
            DeadLetters.Page rest = letters.list("w/d", page.next(), 20);
            better.set(true);
            int one = letters.replay("w/d", List.of(page.letters().getFirst().id()));
            int others = letters.replayAll("w/d");
            pipeline.awaitSettled(60);

            assertThat(page.letters()).hasSize(20).allMatch(l -> l.reason().equals("bad taste") && l.attempts() == 1);
            assertThat(rest.letters()).hasSize(10);
            assertThat(one).isEqualTo(1);
            assertThat(others).isEqualTo(29);
            assertThat(recorder.delivered()).hasSize(30).doesNotHaveDuplicates();
            assertThat(letters.list("w/d", Optional.empty(), 1).letters()).isEmpty();
        }
    }

    @Test
    void whoIsTriedForTooLongIsGivenUp() {
        recorder.outcome(e -> Delivery.retry("never"));
        DeliveryConfig impatient =
                Quick.config().giveUpAfter(Duration.ofMillis(60)).build();
        try (Pipeline pipeline = pipeline(impatient)) {
            pipeline.deliveries().replaceAll(List.of(destination("d", "recorder", Map.of())));

            pipeline.publish(0, 3);
            pipeline.awaitSettled();

            assertThat(pipeline.status("d").counts().dead()).isEqualTo(3);
            assertThat(pipeline.deliveries()
                            .deadLetters()
                            .list("w/d", Optional.empty(), 10)
                            .letters())
                    .allMatch(letter -> letter.reason().matches("gave up after \\d+ attempts: never"));
        }
    }

    @Test
    void whenTooMuchWaitsForAnotherAttemptTheCursorStops() {
        AtomicBoolean better = new AtomicBoolean();
        recorder.outcome(e -> better.get() ? Delivery.delivered() : Delivery.retry("later"));
        DeliveryConfig small = Quick.config().retryQueueMax(20).build();
        try (Pipeline pipeline = pipeline(small)) {
            pipeline.deliveries().replaceAll(List.of(destination("d", "recorder", Map.of())));

            pipeline.publish(0, 2_000);
            await(() -> pipeline.status("d").state() == DestinationStatus.State.FULL);
            long retrying = pipeline.status("d").counts().retrying();
            better.set(true);
            pipeline.awaitSettled();

            assertThat(retrying).isLessThanOrEqualTo(20 + small.readAhead());
            assertThat(recorder.delivered()).hasSize(2_000).doesNotHaveDuplicates();
        }
    }

    @Test
    void whenThereAreTooManyDeadLettersRejectedDeliveriesWait() {
        recorder.outcome(e -> Delivery.rejected("no"));
        DeliveryConfig small = Quick.config().deadLettersMax(5).build();
        try (Pipeline pipeline = pipeline(small)) {
            pipeline.deliveries().replaceAll(List.of(destination("d", "recorder", Map.of())));

            pipeline.publish(0, 8);
            await(() -> pipeline.status("d").counts().retrying() == 3
                    && pipeline.status("d").counts().dead() == 5);

            DeadLetters letters = pipeline.deliveries().deadLetters();
            List<String> ids = letters.list("w/d", Optional.empty(), 10).letters().stream()
                    .map(DeadLetter::id)
                    .toList();
            assertThat(letters.delete("w/d", ids)).isEqualTo(5);
            await(() -> pipeline.status("d").counts().dead() == 8);
        }
    }

    @Test
    void inOrderAProfileWaitsForItsFirstEventAndNobodyElseDoes() {
        AtomicBoolean better = new AtomicBoolean();
        recorder.outcome(
                e -> e.profileId().equals("a") && !better.get() ? Delivery.retry("not a") : Delivery.delivered());
        try (Pipeline pipeline = pipeline(Pipeline.QUICK)) {
            pipeline.deliveries().replaceAll(List.of(ordered(destination("d", "recorder", Map.of()))));

            pipeline.publish(interleaved(200, "a", "b", "c"));
            await(() -> recorder.delivered().size() >= 133);
            pipeline.publish(interleaved(300, "a", "b", "c").subList(200, 300));
            await(() -> recorder.delivered().size() >= 200);
            better.set(true);
            pipeline.awaitSettled();

            assertInOrder(300, "a", "b", "c");
        }
    }

    @Test
    void orderSurvivesRandomFailuresBatchesAndARestart() {
        long seed = Long.getLong("seed", 7);
        Random random = new Random(seed);
        Recorder batched = new Recorder("batched", new Batching(10, 1 << 20, Duration.ofMillis(1)));
        catalogue.put(batched);
        batched.outcome(e -> random.nextInt(4) == 0 ? Delivery.retry("unlucky") : Delivery.delivered());
        var order = List.of(ordered(destination("d", "batched", Map.of())));
        InMemoryStore disk = store;
        try (Pipeline first = pipeline(Pipeline.QUICK)) {
            first.deliveries().replaceAll(order);
            first.publish(interleaved(600, "a", "b", "c", "d", "e"));
            await(() -> batched.delivered().size() > 100);
        }
        try (Pipeline second = new Pipeline(disk.restart(), catalogue, Pipeline.QUICK)) {
            second.deliveries().replaceAll(order);
            await(() -> batched.delivered().size() >= 600);
            second.awaitSettled();
        }

        assertThat(batched.delivered()).as("seed %d", seed).hasSize(600).doesNotHaveDuplicates();
        for (String profile : List.of("a", "b", "c", "d", "e")) {
            assertThat(numbersOf(batched, profile, "a", "b", "c", "d", "e"))
                    .as("seed %d, profile %s", seed, profile)
                    .isSorted();
        }
    }

    @Test
    void aPluginThatThrowsKeepsItsEventsAndOnlyThePoisonedOneWaits() {
        Recorder batched = new Recorder("batched", new Batching(10, 1 << 20, Duration.ofMillis(1)));
        catalogue.put(batched);
        AtomicBoolean fixed = new AtomicBoolean();
        batched.outcome(e -> {
            if (e.messageId().equals("m5") && !fixed.get()) {
                throw new AssertionError("poison");
            }
            return Delivery.delivered();
        });
        try (Pipeline pipeline = pipeline(Pipeline.QUICK)) {
            pipeline.deliveries().replaceAll(List.of(destination("d", "batched", Map.of())));

            pipeline.publish(0, 40);
            await(() -> batched.delivered().stream().distinct().count() == 39);
            fixed.set(true);
            pipeline.awaitSettled();

            assertThat(batched.delivered()).contains("m5");
        }
    }

    @Test
    void aPluginThatNeverReturnsCostsOnlyItsOwnDestination() {
        CountDownLatch never = new CountDownLatch(1);
        AtomicBoolean hang = new AtomicBoolean(true);
        Recorder stuck = new Recorder("stuck");
        catalogue.put(stuck);
        stuck.outcome(e -> {
            boolean spin = hang.get() && e.messageId().equals("m3");
            while (spin && never.getCount() > 0) { // deaf to interrupts
                Thread.onSpinWait();
                spin = hang.get();
            }
            return Delivery.delivered();
        });
        DeliveryConfig strict =
                Quick.config().pluginTimeout(Duration.ofMillis(150)).build();
        try (Pipeline pipeline = pipeline(strict)) {
            pipeline.deliveries()
                    .replaceAll(List.of(
                            destination("stuck", "stuck", Map.of()), destination("healthy", "recorder", Map.of())));

            pipeline.publish(0, 100);
            await(() -> recorder.delivered().stream().distinct().count() == 100);
            await(() -> stuck.delivered().stream().distinct().count() >= 99);
            hang.set(false);
            never.countDown();
            pipeline.awaitSettled();

            assertThat(stuck.delivered()).contains("m3");
        }
    }

    @Test
    void anOpenBreakerStopsTheCursorAndBurnsNothing() {
        AtomicBoolean down = new AtomicBoolean(true);
        recorder.outcome(e -> {
            if (down.get()) {
                LockSupport.parkNanos(200_000); // somebody who is asked, and takes a moment to fail
                return Delivery.retry("down");
            }
            return Delivery.delivered();
        });
        DeliveryConfig tripping = Quick.config().breaker(5).build();
        try (Pipeline pipeline = pipeline(tripping)) {
            pipeline.deliveries().replaceAll(List.of(destination("d", "recorder", Map.of())));

            pipeline.publish(0, 1_000);
            await(() -> pipeline.status("d").state() == DestinationStatus.State.BROKEN);
            down.set(false);
            pipeline.awaitSettled();

            assertThat(recorder.delivered()).hasSize(1_000).doesNotHaveDuplicates();
            long tried = IntStream.range(0, 1_000)
                    .filter(i -> recorder.attempts("m" + i) > 1)
                    .count();
            assertThat(tried)
                    .as("five full batches fail, and what was under way")
                    .isLessThan(800);
        }
    }

    @Test
    void aDisabledDestinationKeepsItsPlace() {
        var on = destination("d", "recorder", Map.of());
        try (Pipeline pipeline = pipeline(Pipeline.QUICK)) {
            pipeline.deliveries().replaceAll(List.of(on));
            pipeline.publish(0, 10);
            pipeline.awaitSettled();

            pipeline.deliveries().replaceAll(List.of(disabled(on)));
            await(() -> pipeline.status("d").state() == DestinationStatus.State.DISABLED);
            pipeline.publish(10, 20);
            await(() -> pipeline.status("d").counts().waiting() == 10);
            pipeline.deliveries().replaceAll(List.of(on));
            pipeline.awaitSettled();

            assertThat(recorder.delivered()).hasSize(20).doesNotHaveDuplicates();
        }
    }

    @Test
    void aNewDestinationStartsWithNewEventsAndAKnownOneGoesOn() {
        var on = destination("d", "recorder", Map.of());
        try (Pipeline pipeline = pipeline(Pipeline.QUICK)) {
            pipeline.publish(0, 10);
            pipeline.deliveries().replaceAll(List.of(on));
            pipeline.publish(10, 20);
            pipeline.awaitSettled(10);
            pipeline.deliveries().replaceAll(List.of());
            pipeline.publish(20, 30);
            pipeline.deliveries().replaceAll(List.of(on));
            await(() -> recorder.delivered().size() == 20);

            assertThat(recorder.delivered())
                    .containsExactlyInAnyOrderElementsOf(
                            IntStream.range(10, 30).mapToObj(i -> "m" + i).toList());
        }
    }

    @Test
    void settingsMayChangeWhileEventsFlow() {
        try (Pipeline pipeline = pipeline(Pipeline.QUICK)) {
            pipeline.deliveries().replaceAll(List.of(destination("d", "recorder", Map.of())));
            for (int round = 0; round < 20; round++) {
                pipeline.publish(round * 50, round * 50 + 50);
                var changed = new Subscription(round % 2 == 0 ? "type = \"track\"" : "", "", Map.of());
                pipeline.deliveries().replaceAll(List.of(destination("d", "recorder", Map.of(), changed)));
            }
            pipeline.awaitSettled();

            assertThat(recorder.delivered()).hasSize(1_000).doesNotHaveDuplicates();
            assertThat(catalogue.leases()).isEqualTo(1);
        }
        assertThat(catalogue.leases()).isZero();
    }

    @Test
    void aMissingPluginKeepsTheEventsUntilItComes() {
        try (Pipeline pipeline = pipeline(Pipeline.QUICK)) {
            pipeline.deliveries().replaceAll(List.of(destination("d", "late", Map.of())));
            pipeline.publish(0, 10);
            await(() -> pipeline.status("d").reason().equals("there is no plugin late"));
            await(() -> pipeline.status("d").counts().oldestMillis() > 0);

            Recorder late = new Recorder("late");
            catalogue.put(late);
            pipeline.awaitSettled();

            assertThat(late.delivered()).hasSize(10);
            await(() -> pipeline.status("d").counts().oldestMillis() == 0);
        }
    }

    @Test
    void afterACrashEverythingIsDeliveredAtLeastOnce() {
        recorder.outcome(e -> e.messageId().hashCode() % 3 == 0 && recorder.attempts(e.messageId()) < 3
                ? Delivery.retry("again")
                : Delivery.delivered());
        var on = List.of(destination("d", "recorder", Map.of()));
        Pipeline first = pipeline(Pipeline.QUICK);
        first.deliveries().replaceAll(on);
        first.publish(0, 1_000);
        await(() -> recorder.delivered().size() > 200);
        InMemoryStore recovered = store.crash();
        first.close();
        try (Pipeline second = new Pipeline(recovered, catalogue, Pipeline.QUICK)) {
            second.deliveries().replaceAll(on);
            await(() -> recorder.delivered().stream().distinct().count() == 1_000);
            second.awaitSettled();
        }
    }

    @Test
    void theLowestCursorIsWhatTheOutboxMustKeep() {
        try (Pipeline pipeline = pipeline(Pipeline.QUICK)) {
            pipeline.deliveries().replaceAll(List.of(destination("d", "recorder", Map.of())));
            pipeline.publish(List.of(event(1, "a"), event(2, "a")));
            pipeline.awaitSettled();
            int partition = Math.floorMod("a".hashCode(), 8);

            await(() -> pipeline.deliveries().lowest(partition) == 3);
        }
    }

    private Pipeline pipeline(DeliveryConfig config) {
        return new Pipeline(store, catalogue, config);
    }

    private static List<Event> interleaved(int count, String... profiles) {
        List<Event> events = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            events.add(event(i, profiles[i % profiles.length]));
        }
        return events;
    }

    private void assertInOrder(int count, String... profiles) {
        assertThat(recorder.delivered()).hasSize(count).doesNotHaveDuplicates();
        for (String profile : profiles) {
            assertThat(numbersOf(recorder, profile, profiles)).isSorted();
        }
    }

    private static List<Integer> numbersOf(Recorder recorder, String profile, String... profiles) {
        int index = List.of(profiles).indexOf(profile);
        return recorder.delivered().stream()
                .map(id -> Integer.valueOf(id.substring(1)))
                .filter(n -> n % profiles.length == index)
                .toList();
    }
}
