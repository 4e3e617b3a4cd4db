package io.segmentdo.delivery;

import static io.segmentdo.delivery.Pipeline.destination;
import static org.assertj.core.api.Assertions.assertThat;

import io.segmentdo.connector.DeclaredDestination;
import io.segmentdo.event.Event;
import io.segmentdo.event.EventType;
import io.segmentdo.event.Utf8Json;
import io.segmentdo.store.InMemoryStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** The first example of docs/writing-a-destination.md, connected as it says there. */
class GuideTest {
    private static final Path GUIDE = Path.of("../docs/writing-a-destination.md");

    @Test
    void theConnectorOfTheGuideGetsWhatItsActionsTakeByDefault() throws IOException {
        List<String> requests = new CopyOnWriteArrayList<>();
        FakeCatalogue catalogue = new FakeCatalogue();
        try (ChaosSink sink = new ChaosSink()) {
            sink.behave((request, id, attempt) -> {
                requests.add(request.method() + " " + request.path() + " " + sink.body(request.path()));
                ChaosSink.status(request, 200);
            });
            String yaml = Files.readString(GUIDE).split("```yaml\n", 2)[1].split("```", 2)[0];
            catalogue.put(DeclaredDestination.read("acme.yaml", yaml.replace("https://api.acme.example", sink.url())));
            try (Pipeline pipeline =
                    new Pipeline(new InMemoryStore(8), catalogue, Quick.config().build())) {
                pipeline.deliveries().replaceAll(List.of(destination("d", "acme", Map.of("apiKey", "k"))));
                pipeline.publish(List.of(
                        event(EventType.IDENTIFY, "m1", "\"traits\":{\"email\":\"ann@example.com\"}"),
                        event(EventType.TRACK, "m2", "\"event\":\"Bought\",\"timestamp\":\"2026-01-02T03:04:05.000Z\""),
                        event(EventType.PAGE, "m3", "\"name\":\"Home\"")));
                pipeline.awaitSettled();

                assertThat(requests)
                        .containsExactlyInAnyOrder(
                                "PUT /hook/people/ann {\"email\":\"ann@example.com\"}",
                                "POST /hook/events {\"events\":[{\"id\":\"m2\",\"name\":\"Bought\","
                                        + "\"at\":\"2026-01-02T03:04:05.000Z\"}]}");
                assertThat(pipeline.status("d").counts().dead()).isZero();
                assertThat(pipeline.status("d").counts().filtered()).isEqualTo(1);
            }
        }
    }

    private static Event event(EventType type, String messageId, String more) {
        String json = "{\"type\":\"%s\",\"messageId\":\"%s\",\"userId\":\"ann\",%s}"
                .formatted(type.wireName(), messageId, more);
        long now = System.currentTimeMillis();
        return new Event(type, "w", "web", messageId, "ann", null, null, null, now, now, Utf8Json.of(json));
    }
}
