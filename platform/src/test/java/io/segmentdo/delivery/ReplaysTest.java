package io.segmentdo.delivery;

import static io.segmentdo.delivery.Pipeline.await;
import static io.segmentdo.delivery.Pipeline.destination;
import static io.segmentdo.delivery.Pipeline.event;
import static io.segmentdo.delivery.Pipeline.ordered;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.segmentdo.api.Delivery;
import io.segmentdo.destination.Subscription;
import io.segmentdo.store.InMemoryStore;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Events of the past on their way to one destination. */
class ReplaysTest {
    private final FakeCatalogue catalogue = new FakeCatalogue();
    private final Recorder recorder = new Recorder("recorder");
    private final InMemoryStore store = new InMemoryStore(8);

    ReplaysTest() {
        catalogue.put(recorder);
    }

    @Test
    void eventsOfThePastGoToTheirDestinationOnlyAndHaveALineOfTheirOwn() {
        Recorder other = new Recorder("other");
        catalogue.put(other);
        try (Pipeline pipeline = new Pipeline(store, catalogue, Pipeline.QUICK)) {
            pipeline.deliveries()
                    .replaceAll(List.of(destination("d", "recorder", Map.of()), destination("o", "other", Map.of())));
            pipeline.publish(0, 5);
            pipeline.awaitSettled();

            hand(pipeline, 0, past(100, 300));
            await(() -> recorder.delivered().size() == 205);
            pipeline.awaitSettled();

            assertThat(other.delivered()).hasSize(5);
            assertThat(replayed(pipeline, "taken")).isEqualTo(200);
            assertThat(replayed(pipeline, "delivered")).isEqualTo(200);
            assertThat(pipeline.status("d").counts().difference()).isZero();
            assertThat(pipeline.deliveries().replays().waiting("w/d")).isZero();
        }
    }

    @Test
    void subscriptionsDecideAsTheyAreNow() {
        try (Pipeline pipeline = new Pipeline(store, catalogue, Pipeline.QUICK)) {
            var two = destination(
                    "d",
                    "recorder",
                    Map.of(),
                    new Subscription("type = \"track\"", "", Map.of()),
                    new Subscription("properties.n > 5", "", Map.of("n", Map.of("@path", "$.properties.n"))),
                    new Subscription("type = \"page\"", "", Map.of()));
            pipeline.deliveries().replaceAll(List.of(two));

            hand(pipeline, 0, past(4, 8));
            pipeline.awaitSettled(6);
            assertThat(recorder.delivered()).hasSize(6);
            pipeline.awaitSettled();

            assertThat(recorder.payloads()).contains(Map.of("n", 6), Map.of("n", 7));
            hand(pipeline, 4, List.of(new PastEvent("a", event(9, "a", "\"integrations\":{\"All\":false}"))));
            assertThat(replayed(pipeline, "filtered")).isEqualTo(1);
        }
    }

    @Test
    void failuresAreTriedAgainAndRejectionsBecomeDeadLetters() {
        recorder.outcome(e -> switch (e.messageId()) {
            case "m1" -> recorder.attempts("m1") < 3 ? Delivery.retry("not yet") : Delivery.delivered();
            case "m2" -> Delivery.rejected("never");
            default -> Delivery.delivered();
        });
        try (Pipeline pipeline = new Pipeline(store, catalogue, Pipeline.QUICK)) {
            pipeline.deliveries().replaceAll(List.of(ordered(destination("d", "recorder", Map.of()))));

            hand(pipeline, 0, past(0, 4));
            await(() -> recorder.delivered().size() == 3);
            pipeline.awaitSettled();

            var letters = pipeline.deliveries()
                    .deadLetters()
                    .list("w/d", java.util.Optional.empty(), 10)
                    .letters();
            assertThat(letters)
                    .singleElement()
                    .satisfies(letter -> assertThat(letter.event().messageId()).isEqualTo("m2"));
            recorder.outcome(e -> Delivery.delivered());
            assertThat(pipeline.deliveries()
                            .deadLetters()
                            .replay("w/d", List.of(letters.getFirst().id())))
                    .isEqualTo(1);
            await(() -> recorder.delivered().contains("m2"));
        }
    }

    @Test
    void whatWasHandedOverSurvivesACrash() {
        recorder.outcome(e -> Delivery.retry("down"));
        var on = List.of(destination("d", "recorder", Map.of()));
        Pipeline first = new Pipeline(store, catalogue, Pipeline.QUICK);
        first.deliveries().replaceAll(on);
        hand(first, 0, past(0, 100));
        InMemoryStore recovered = store.crash();
        first.close();

        recorder.outcome(e -> Delivery.delivered());
        try (Pipeline second = new Pipeline(recovered, catalogue, Pipeline.QUICK)) {
            second.deliveries().replaceAll(on);
            await(() -> recorder.delivered().stream().distinct().count() == 100);
            second.awaitSettled(100);

            hand(second, 0, past(0, 100)); // the same again, as after a crash before it was noted
            second.awaitSettled(200);
            assertThat(second.status("d").counts().difference()).isZero();
        }
    }

    @Test
    void aDestinationThatIsNotConnectedTakesNothing() {
        try (Pipeline pipeline = new Pipeline(store, catalogue, Pipeline.QUICK)) {
            pipeline.deliveries().replaceAll(List.of(destination("d", "missing", Map.of())));

            assertThatThrownBy(() -> hand(pipeline, 0, past(0, 1))).hasMessageContaining("w/d is not connected");
            assertThatThrownBy(() -> pipeline.deliveries().replays().hand("w/x", 1, 0, past(0, 1)))
                    .hasMessage("there is no destination w/x");
        }
    }

    private static void hand(Pipeline pipeline, long first, List<PastEvent> events) {
        await(() -> pipeline.status("d").state() == DestinationStatus.State.RUNNING
                || pipeline.status("d").reason().startsWith("there is no plugin"));
        pipeline.deliveries().replays().hand("w/d", 1, first, events);
    }

    private static List<PastEvent> past(int from, int to) {
        return IntStream.range(from, to)
                .mapToObj(i -> new PastEvent("p" + i % 3, event(i, "p" + i % 3)))
                .toList();
    }

    private static double replayed(Pipeline pipeline, String outcome) {
        return pipeline.meters()
                .get("segmentdo.delivery.replayed")
                .tag("outcome", outcome)
                .counter()
                .count();
    }
}
