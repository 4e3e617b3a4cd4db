package io.segmentdo.delivery;

import static io.segmentdo.delivery.Pipeline.destination;
import static org.assertj.core.api.Assertions.assertThat;

import io.segmentdo.connector.DeclaredDestination;
import io.segmentdo.event.Event;
import io.segmentdo.store.InMemoryStore;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Lists that a connector file keeps at a vendor, from the outbox to a server. */
class AudienceTest {
    private final ChaosSink sink = new ChaosSink();
    private final FakeCatalogue catalogue = new FakeCatalogue();
    private final InMemoryStore store = new InMemoryStore(8);

    @AfterEach
    void close() {
        sink.close();
    }

    @Test
    void peopleAreAddedToAndRemovedFromTheListOfTheAudienceThatAnEventSpeaksOf() {
        Map<String, String> lists = new ConcurrentHashMap<>(Map.of("known", "7"));
        ConcurrentLinkedQueue<String> requests = new ConcurrentLinkedQueue<>();
        sink.behave((request, id, attempt) -> {
            requests.add(request.method() + " " + request.uri() + " " + sink.body(request.path()));
            if (request.method().name().equals("GET")) {
                String found = lists.get(request.getParam("name"));
                request.response().end(found == null ? "{}" : "{\"id\": " + found + "}");
            } else if (request.path().equals("/hook")) {
                lists.put("fresh", "8");
                request.response().end("{\"id\": 8}");
            } else {
                ChaosSink.status(request, 200);
            }
        });
        catalogue.put(DeclaredDestination.read("lists.yaml", """
                id: lists
                settings: {url: {type: url, required: true}}
                actions:
                  - name: keep
                    subscribe: 'type = "track"'
                    item: {"@event": userId}
                    batch: {maxItems: 100, maxWait: 200ms}
                    audience:
                      get: {request: {method: GET, url: "{{settings.url}}", query: {name: {"@audience": name}}}, capture: {id: $.id}}
                      create: {request: {url: "{{settings.url}}", body: {json: [{messageId: {"@audience": name}}]}}, capture: {id: $.id}}
                      add: {request: {url: "{{settings.url}}/{{audience.id}}/add", body: {text: {"@join": {list: {"@items": true}, by: ","}}}}}
                      remove: {request: {url: "{{settings.url}}/{{audience.id}}/remove", body: {text: {"@join": {list: {"@items": true}, by: ","}}}}}
                """));
        try (Pipeline pipeline = new Pipeline(store, catalogue, Quick.config().build())) {
            pipeline.deliveries().replaceAll(List.of(destination("d", "lists", Map.of("url", sink.url()))));
            pipeline.publish(List.of(
                    spoken(0, "ann", "known", "true"),
                    spoken(1, "bob", "known", "false"),
                    spoken(2, "cyd", "fresh", "true"),
                    spoken(3, "dan", "known", "\"perhaps\""),
                    Pipeline.event(4, "eve")));
            pipeline.awaitSettled();

            assertThat(requests)
                    .containsExactlyInAnyOrder(
                            "GET /hook?name=known ",
                            "POST /hook/7/add ann",
                            "POST /hook/7/remove bob",
                            "GET /hook?name=fresh ",
                            "POST /hook [{\"messageId\":\"fresh\"}]",
                            "POST /hook/8/add cyd");
            assertThat(pipeline.status("d").counts().delivered()).isEqualTo(3);
        }
    }

    @Test
    void anAudienceThatIsNeitherThereNorMadeCostsItsOwnPeopleOnly() {
        sink.behave((request, id, attempt) -> {
            if (request.method().name().equals("GET")) {
                request.response().end("known".equals(request.getParam("name")) ? "{\"id\": 7}" : "{}");
            } else {
                ChaosSink.status(request, 200);
            }
        });
        catalogue.put(DeclaredDestination.read("lists.yaml", """
                id: lists
                settings: {url: {type: url, required: true}}
                actions:
                  - name: keep
                    subscribe: 'type = "track"'
                    audience:
                      name: {"@path": context.list}
                      member: {"@path": context.in}
                      get: {request: {method: GET, url: "{{settings.url}}", query: {name: {"@audience": name}}}, capture: {id: $.id}}
                      add: {request: {url: "{{settings.url}}/{{audience.id}}", body: {json: {messageId: {"@event": messageId}}}}}
                """));
        try (Pipeline pipeline = new Pipeline(store, catalogue, Quick.config().build())) {
            pipeline.deliveries().replaceAll(List.of(destination("d", "lists", Map.of("url", sink.url()))));
            pipeline.publish(List.of(
                    Pipeline.event(0, "ann", "\"context\":{\"list\":\"known\",\"in\":true}"),
                    Pipeline.event(1, "bob", "\"context\":{\"list\":\"other\",\"in\":true}")));
            pipeline.awaitSettled();

            assertThat(sink.accepted()).containsExactly("m0");
            assertThat(pipeline.status("d").counts().dead()).isEqualTo(1);
        }
    }

    private static Event spoken(int number, String user, String audience, String member) {
        return Pipeline.event(
                number,
                user,
                "\"context\":{\"personas\":{\"computation_key\":\"%1$s\"}},\"traits\":{\"%1$s\":%2$s}"
                        .formatted(audience, member));
    }
}
