package io.segmentdo.connector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.segmentdo.api.BlockingConnector;
import io.segmentdo.api.CodedAction;
import io.segmentdo.api.Connector;
import io.segmentdo.api.Delivery;
import io.segmentdo.api.Descriptor;
import io.segmentdo.api.DestinationContext;
import io.segmentdo.api.HttpConnector;
import io.segmentdo.api.HttpRequest;
import io.segmentdo.api.OutboundEvent;
import io.segmentdo.api.RateLimit;
import io.segmentdo.api.Settings;
import io.segmentdo.api.Step;
import io.segmentdo.api.UserDeletion;
import io.segmentdo.testkit.TestEvent;
import io.segmentdo.testkit.TestResponse;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One test for each construct of the connector language that is not about fields, authentication or plain steps. */
class ConstructsTest {
    private final ScriptedContext context = new ScriptedContext();

    // ---- forEach

    private static final String FAN_OUT = """
        forEach: "$.properties.products"
        request: {url: "https://api.example/items/{{item.sku}}", body: {json: {sku: {"@path": sku}, of: {"@event": messageId}}}}
        """;

    @Test
    void eachItemOfAListIsARequestAndWhatWasDeliveredIsNotSentAgain() {
        context.answer(TestResponse.of(200), TestResponse.of(500), TestResponse.of(200));
        BlockingConnector connector = blocking(FAN_OUT);
        OutboundEvent event = order("a b", "c", "d");

        assertThat(connector.deliver(List.of(event))).containsExactly(Delivery.retry("HTTP 500"));
        context.answer(TestResponse.of(204));
        assertThat(connector.deliver(List.of(event))).containsExactly(Delivery.delivered());

        assertThat(context.sent())
                .containsExactly(
                        "POST https://api.example/items/a%20b {\"sku\":\"a b\",\"of\":\"message-1\"}",
                        "POST https://api.example/items/c {\"sku\":\"c\",\"of\":\"message-1\"}",
                        "POST https://api.example/items/d {\"sku\":\"d\",\"of\":\"message-1\"}",
                        "POST https://api.example/items/c {\"sku\":\"c\",\"of\":\"message-1\"}");
    }

    @Test
    void ofSeveralOutcomesTheOneThatLeavesMoreToDoCounts() {
        context.answer(TestResponse.of(400), TestResponse.of(503), TestResponse.of(200));

        assertThat(blocking(FAN_OUT).deliver(List.of(order("a", "b", "c"))))
                .containsExactly(Delivery.retry("HTTP 503"));
        assertThat(blocking(FAN_OUT).deliver(List.of(order()))).containsExactly(Delivery.delivered());
    }

    // ---- steps

    @Test
    void whatAStepCapturedIsRememberedForAWhile() {
        String lookUp = """
            steps:
              - name: list
                request: {method: GET, url: "https://api.example/lists", query: {name: {"@event": event}}}
                capture: {id: "$.id"}
                cache: {key: {"@event": event}, ttl: 5m}
              - {name: add, request: {url: "https://api.example/lists/{{list.id}}"}}
            """;
        context.answer(
                json("{\"id\": 7}"),
                TestResponse.of(200),
                TestResponse.of(200),
                json("{\"id\": 8}"),
                TestResponse.of(200));
        BlockingConnector connector = blocking(lookUp);

        connector.deliver(List.of(order()));
        connector.deliver(List.of(order()));
        context.advance(Duration.ofMinutes(5));
        connector.deliver(List.of(order()));

        assertThat(context.sent())
                .containsExactly(
                        "GET https://api.example/lists?name=Order%20Completed ",
                        "POST https://api.example/lists/7 ",
                        "POST https://api.example/lists/7 ",
                        "GET https://api.example/lists?name=Order%20Completed ",
                        "POST https://api.example/lists/8 ");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "404 | PATCH https://api.example/a; POST https://api.example/c",
                "409 | PATCH https://api.example/a",
                "410 | PATCH https://api.example/a; PUT https://api.example/b; POST https://api.example/c"
            })
    void aStatusMayLeadToALaterStepOrToTheEnd(int status, String expected) {
        String jumps = """
            steps:
              - {name: a, request: {method: PATCH, url: "https://api.example/a"}, on: {404: c, 409: stop, 410: continue}}
              - {name: b, request: {method: PUT, url: "https://api.example/b"}}
              - {name: c, request: {url: "https://api.example/c"}}
            """;
        context.answer(TestResponse.of(status), TestResponse.of(200), TestResponse.of(200));

        assertThat(blocking(jumps).deliver(List.of(order()))).containsExactly(Delivery.delivered());
        assertThat(String.join(";", context.sent()))
                .isEqualTo(expected.replace(";", " ;").replace("; ", ";") + " ");
    }

    // ---- batches

    private static final String BATCH = """
        item: {id: {"@event": messageId}, sku: {"@event": properties.sku}}
        batch: {maxItems: 8, splitOn: [413]}
        request: {url: "https://api.example/batch", body: {json: {"@items": true}}}
        """;

    @Test
    void aBatchThatWasTooLargeIsTriedAgainInHalves() {
        HttpConnector connector = http(BATCH);
        List<OutboundEvent> events = events(5);
        Step.Send all = sends(connector, events).getFirst();

        assertThat(connector.outcomes(all, TestResponse.of(413)))
                .containsExactly(Delivery.retryAfter("refused together, tried again in halves", Duration.ZERO));
        List<Step.Send> halves = sends(connector, events);
        assertThat(halves).extracting(send -> send.events().size()).containsExactly(2, 2, 1);
        connector.outcomes(halves.getFirst(), TestResponse.of(413));
        assertThat(sends(connector, events))
                .extracting(send -> send.events().size())
                .containsExactly(1, 1, 2, 1);
        assertThat(connector
                        .outcomes(sends(connector, events).getFirst(), TestResponse.of(413))
                        .getFirst())
                .isInstanceOf(Delivery.Rejected.class);
    }

    @Test
    void aRuleMaySplitOrDropToo() {
        HttpConnector connector = http(BATCH + """
            response:
              - {status: 400, when: {"@compare": {value: {"@path": why}, eq: large}}, class: split}
              - {status: 422, class: drop}
            """);
        Step.Send send = sends(connector, events(2)).getFirst();

        assertThat(connector.outcomes(send, TestResponse.of(422))).containsExactly(Delivery.skipped());
        assertThat(connector.outcomes(send, TestResponse.of(400).body("{\"why\": \"bad\"}")))
                .containsExactly(Delivery.rejected("HTTP 400"));
        assertThat(connector
                        .outcomes(send, TestResponse.of(400).body("{\"why\": \"large\"}"))
                        .getFirst())
                .isInstanceOf(Delivery.RetryAfter.class);
    }

    @Test
    void aHeaderMayDecideWhatAResponseMeans() {
        HttpConnector connector = http("""
            request: {url: "https://api.example/in"}
            response:
              - {status: 200, when: {"@exists": {"@header": x-exception-code}}, class: retry, message: {"@header": X-Exception-Code}}
            """);
        Step.Send send = sends(connector, events(1)).getFirst();

        assertThat(connector.outcomes(send, TestResponse.of(200))).containsExactly(Delivery.delivered());
        assertThat(connector.outcomes(send, TestResponse.of(200).header("X-Exception-Code", "241")))
                .containsExactly(Delivery.retry("HTTP 200: 241"));
    }

    @Test
    void aStepMayCaptureAHeader() {
        context.answer(TestResponse.of(201).header("Location", "https://api.example/jobs/7"), TestResponse.of(200));
        BlockingConnector connector = blocking("""
            steps:
              - {name: job, request: {url: "https://api.example/jobs"}, capture: {place: {"@header": Location}}}
              - {name: start, request: {method: PUT, url: {"@step": job.place}}}
            """);

        assertThat(connector.deliver(events(1))).containsExactly(Delivery.delivered());
        assertThat(context.sent()).containsExactly("POST https://api.example/jobs ", "PUT https://api.example/jobs/7 ");
    }

    @Test
    void ofEventsThatAreTheSameTheLastIsSentAndAllShareItsOutcome() {
        HttpConnector connector = http("""
            item: {id: {"@event": messageId}, sku: {"@event": properties.sku}}
            batch: {maxItems: 8, dedupeBy: [{"@event": properties.sku}], orderBy: {"@event": properties.sku}}
            request: {url: "https://api.example/batch", body: {json: {"@items": true}}}
            response: [{status: 200, items: {list: "$", failed: {"@path": bad}}}]
            """);
        List<OutboundEvent> events = List.of(item(1, "b"), item(2, "a"), item(3, "b"));

        Step.Send send = sends(connector, events).getFirst();

        assertThat(body(send)).isEqualTo("[{\"id\":\"message-2\",\"sku\":\"a\"},{\"id\":\"message-3\",\"sku\":\"b\"}]");
        assertThat(connector.outcomes(send, TestResponse.of(200).body("[{}, {\"bad\": true}]")))
                .containsExactly(Delivery.rejected("HTTP 200"), Delivery.delivered(), Delivery.rejected("HTTP 200"));
    }

    @Test
    void eventsMayGoAloneInAnotherRequest() {
        HttpConnector connector = http("""
            fields: {enable_batching: {type: boolean, default: true}}
            batch: {maxItems: 5, when: {"@field": enable_batching}, request: {url: "https://api.example/batch", body: {json: {"@items": true}}}}
            item: {"@event": messageId}
            request: {url: "https://api.example/one/{{event.messageId}}"}
            """);
        List<OutboundEvent> events = List.of(
                TestEvent.of("track", 1).action("go").payload(Map.of("enable_batching", true)),
                TestEvent.of("track", 2).action("go").payload(Map.of("enable_batching", false)),
                TestEvent.of("track", 3).action("go").payload(Map.of("enable_batching", true)));

        assertThat(sends(connector, events))
                .extracting(send -> send.request().uri() + " " + body(send))
                .containsExactly(
                        "https://api.example/batch [\"message-1\",\"message-3\"]",
                        "https://api.example/one/message-2 ");
    }

    // ---- repeats, rates, users

    @Test
    void aRequestSaysThatItIsARepeat() {
        HttpConnector connector = http(BATCH, "idempotency: {header: Idempotency-Key}");

        String one = sends(connector, events(1)).getFirst().request().headers().get("Idempotency-Key");
        String two = sends(connector, events(2)).getFirst().request().headers().get("Idempotency-Key");

        assertThat(one).isEqualTo("message-1");
        assertThat(two)
                .hasSize(36)
                .isEqualTo(sends(connector, events(2))
                        .getFirst()
                        .request()
                        .headers()
                        .get("Idempotency-Key"));
        assertThat(descriptor(BATCH, "idempotency: {header: Idempotency-Key}").idempotency())
                .isEqualTo("the header Idempotency-Key");
    }

    @ParameterizedTest
    @CsvSource({"seconds, 12.5, 13", "millis, 2500, 3", "epoch, 1767323065, 20", "epochMillis, 1767323065000, 20"})
    void aDelayMayStandInAnotherHeaderAndForm(String form, String value, int seconds) {
        HttpConnector connector = http(
                BATCH,
                "rate: {requests: 10, per: 1m, concurrency: 2, retryAfter: {header: X-Reset, form: %s}}"
                        .formatted(form));

        assertThat(connector.outcomes(
                        sends(connector, events(1)).getFirst(),
                        TestResponse.of(429).header("x-reset", value)))
                .containsExactly(Delivery.retryAfter("HTTP 429", Duration.ofSeconds(seconds)));
        assertThat(descriptor(BATCH, "rate: {requests: 10, per: 1m, concurrency: 2, daily: 500}")
                        .rate())
                .isEqualTo(new RateLimit(10, Duration.ofMinutes(1), 2).daily(500));
    }

    @Test
    void aUserIsDeleted() throws Exception {
        String steps = """
            deleteUser:
              steps:
                - {name: find, request: {method: GET, url: "https://api.example/users", query: {id: {"@path": id}}}, capture: {key: "$.key"}, on: {404: stop}}
                - {name: gone, request: {method: DELETE, url: "https://api.example/users/{{find.key}}"}}
            """;
        Connector connector = connect(BATCH, steps);

        context.answer(json("{\"key\": \"k 1\"}"), TestResponse.of(204));
        assertThat(connector.deleteUser(new Deletion())).isEqualTo(Delivery.delivered());
        assertThat(context.sent())
                .containsExactly("GET https://api.example/users?id=u1 ", "DELETE https://api.example/users/k%201 ");
        context.answer(TestResponse.of(404));
        assertThat(connector.deleteUser(new Deletion())).isEqualTo(Delivery.delivered());
        context.answer(TestResponse.of(500));
        assertThat(connector.deleteUser(new Deletion())).isEqualTo(Delivery.retry("HTTP 500"));
        assertThat(descriptor(BATCH, steps).deletesUsers()).isTrue();
        assertThat(connect(BATCH, "").deleteUser(new Deletion())).isInstanceOf(Delivery.Rejected.class);
    }

    // ---- bodies

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "xml: {Envelope: {-v: 1, Row: [{Name: 'a & \"b\"'}, {'#text': <}], None: null}} | application/xml |"
                        + " <?xml version=\"1.0\" encoding=\"UTF-8\"?><Envelope v=\"1\"><Row><Name>a &amp;"
                        + " &quot;b&quot;</Name></Row><Row>&lt;</Row><None></None></Envelope>",
                "csv: [{a: 1, b: 'x,\"y'}, {a: 2, c: true}]  | text/csv; charset=utf-8 | a,b,c~1,\"x,\"\"y\",~2,,true~",
                "ndjson: [{a: 1}, {b: 2}] | application/x-ndjson | {\"a\":1}^{\"b\":2}^"
            })
    void aBodyIsWrittenInItsForm(String body, String contentType, String expected) {
        HttpConnector connector = http("request: {url: \"https://api.example/in\", body: {" + body + "}}");

        Step.Send send = sends(connector, events(1)).getFirst();

        assertThat(send.request().headers()).containsEntry("Content-Type", contentType);
        assertThat(body(send)).isEqualTo(expected.replace("~", "\r\n").replace("^", "\n"));
    }

    // ---- code

    /** Written by somebody who needed more than requests. */
    public static final class Shouting implements CodedAction {
        @Override
        public List<Delivery> deliver(List<OutboundEvent> batch, Settings settings, DestinationContext lent)
                throws IOException, InterruptedException {
            for (OutboundEvent event : batch) {
                lent.http().send(HttpRequest.of("PUT", URI.create("https://api.example/" + event.messageId())));
            }
            return List.of(Delivery.delivered());
        }
    }

    /** A function for mappings. */
    public static final class Reversed implements Function<Object, Object> {
        @Override
        public Object apply(Object value) {
            return new StringBuilder(value.toString()).reverse().toString();
        }
    }

    @Test
    void anActionMayBeWrittenInJava() {
        context.answer(TestResponse.of(200), TestResponse.of(200));
        BlockingConnector connector = (BlockingConnector) connect(
                "batch: {maxItems: 5}\njava: io.segmentdo.connector.ConstructsTest$Shouting", "auth: {bearer: t}");

        assertThat(connector.deliver(events(2))).containsExactly(Delivery.delivered(), Delivery.delivered());
        assertThat(context.sent())
                .containsExactly("PUT https://api.example/message-1 ", "PUT https://api.example/message-2 ");
        assertThat(context.sent("Authorization")).containsOnly("Bearer t");
        assertThat(connector.deliver(events(2)))
                .containsExactly(
                        Delivery.retry("no response: IOException"), Delivery.retry("no response: IOException"));
    }

    @Test
    void aFunctionMayBeWrittenInJava() {
        HttpConnector connector = http(
                "request: {url: \"https://api.example/in\", body: {text: {\"@fn\": {name: back, value: abc}}}}",
                "functions: {back: \"io.segmentdo.connector.ConstructsTest$Reversed\"}");

        assertThat(body(sends(connector, events(1)).getFirst())).isEqualTo("cba");
    }

    @Test
    void codeThatIsNotThereIsNamedByTheLint() {
        assertThatThrownBy(() -> destination("java: io.segmentdo.connector.Nobody", "functions: {f: java.lang.String}"))
                .hasMessageContaining(
                        "one.yaml:5: /actions/0/java: io.segmentdo.connector.Nobody (expected: the name of a")
                .hasMessageContaining("/functions/f: java.lang.String (expected: a class that implements"
                        + " java.util.function.Function");
    }

    private record Deletion() implements UserDeletion {
        @Override
        public String requestId() {
            return "r1";
        }

        @Override
        public Optional<String> userId() {
            return Optional.of("u1");
        }

        @Override
        public List<String> anonymousIds() {
            return List.of();
        }

        @Override
        public Optional<String> email() {
            return Optional.empty();
        }
    }

    private static TestResponse json(String body) {
        return TestResponse.of(200).body(body);
    }

    private static OutboundEvent order(String... skus) {
        List<Map<String, String>> products =
                List.of(skus).stream().map(sku -> Map.of("sku", sku)).toList();
        return TestEvent.of(Map.of(
                        "type", "track",
                        "messageId", "message-1",
                        "event", "Order Completed",
                        "properties", Map.of("products", products)))
                .action("go");
    }

    private static OutboundEvent item(int number, String sku) {
        return TestEvent.of(Map.of("type", "track", "messageId", "message-" + number, "properties", Map.of("sku", sku)))
                .action("go");
    }

    private static List<OutboundEvent> events(int count) {
        return IntStream.rangeClosed(1, count)
                .mapToObj(number -> item(number, "s"))
                .toList();
    }

    private static DeclaredDestination destination(String action, String more) {
        return DeclaredDestination.read(
                "one.yaml",
                "id: one\nactions:\n  - name: go\n    subscribe: 'type = \"track\"'\n" + action.indent(4) + more);
    }

    private static Descriptor descriptor(String action, String more) {
        return destination(action, more).descriptor();
    }

    private Connector connect(String action, String more) {
        DeclaredDestination destination = destination(action, more);
        return destination.connect(Settings.of(destination.descriptor(), Map.of()), context);
    }

    private HttpConnector http(String action) {
        return http(action, "");
    }

    private HttpConnector http(String action, String more) {
        return (HttpConnector) connect(action, more);
    }

    private BlockingConnector blocking(String action) {
        return (BlockingConnector) connect(action, "");
    }

    private static List<Step.Send> sends(HttpConnector connector, List<OutboundEvent> events) {
        return connector.steps(events).stream().map(Step.Send.class::cast).toList();
    }

    private static String body(Step.Send send) {
        return new String(send.request().body(), StandardCharsets.UTF_8);
    }
}
