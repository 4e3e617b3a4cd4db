package io.segmentdo.connector;

import static org.assertj.core.api.Assertions.assertThat;

import io.segmentdo.api.Action;
import io.segmentdo.api.Delivery;
import io.segmentdo.api.HttpConnector;
import io.segmentdo.api.HttpRequest;
import io.segmentdo.api.OutboundEvent;
import io.segmentdo.api.Settings;
import io.segmentdo.api.Step;
import io.segmentdo.mapping.Mapping;
import io.segmentdo.testkit.TestContext;
import io.segmentdo.testkit.TestEvent;
import io.segmentdo.testkit.TestResponse;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeclaredConnectorTest {
    private static final TestContext CONTEXT = new TestContext();

    private static final String PEOPLE = """
            id: people
            settings:
              apiKey: {type: secret, required: true}
              region: {type: enum, values: [us, eu], default: us}
            vars:
              base: {"@lookup": {key: {"@settings": region}, table: {us: "https://api.example", eu: "https://eu.example"}}}
            auth: {basic: {user: {"@settings": apiKey}, password: ""}}
            actions:
              - name: upsert
                subscribe: 'type = "identify"'
                fields:
                  email: {type: text, required: true, default: {"@path": "$.traits.email"}}
                  age: {type: integer, default: {"@path": "$.traits.age"}}
                  tags: {type: list, default: {"@path": "$.traits.tags"}}
                validate:
                  - {rule: {"@compare": {value: {"@field": email}, matches: ".+@.+"}}, message: email is none}
                request:
                  method: PUT
                  with: {hash: {"@hash": {algorithm: md5, normalize: email, value: {"@field": email}}}}
                  url: "{{vars.base}}/people/{{hash}}/{{event.userId}}"
                  query: {source: {"@event": context.library.name}, none: {"@event": none}}
                  headers: {X-Id: {"@event": messageId}, X-Time: {"@date": {value: {"@now": true}, to: seconds}}}
                  body: {json: {age: {"@field": age}, tags: {"@field": tags}}}
            """;

    private static final String EVENTS = """
            id: events
            actions:
              - name: forward
                subscribe: 'type = "track"'
                item: {id: {"@event": messageId}, name: {"@event": event}}
                batch:
                  maxItems: 3
                  maxBytes: 200
                  groupBy: [{"@event": properties.list}]
                request:
                  url: "https://api.example/{{group[0]}}"
                  gzip: true
                  body: {json: {batch: {"@items": true}}}
                response:
                  - {status: 207, items: {list: "$.errors", index: "$.i", class: permanent, message: "$.why"}}
                  - {status: 200, items: {list: "$.results", failed: {"@compare": {value: {"@path": ok}, eq: false}}, class: retry}}
                  - {status: 400, when: {"@compare": {value: {"@path": code}, in: [busy]}}, class: throttle}
                  - {status: [402, 5xx], class: auth, message: "$.why"}
            """;

    @Test
    void aRequestIsMadeOfFieldsSettingsAndVariables() {
        OutboundEvent event = identify(Map.of("email", "Ada@Example.com ", "age", "36", "tags", "vip"));

        Step.Send step = onlySend(connector(PEOPLE, Map.of("apiKey", "k", "region", "eu")), event);

        HttpRequest request = step.request();
        assertThat(request.method()).isEqualTo("PUT");
        assertThat(request.uri())
                .hasToString("https://eu.example/people/3e3417d7ef77d5932a6734b916515ed5/a%2F..%20b?source=test");
        assertThat(request.headers())
                .containsEntry("Authorization", "Basic azo=")
                .containsEntry("X-Id", "message-1")
                .containsEntry("X-Time", Long.toString(TestContext.START.getEpochSecond()))
                .containsEntry("Content-Type", "application/json");
        assertThat(CONTEXT.json().read(request.body())).isEqualTo(Map.of("age", 36, "tags", List.of("vip")));
    }

    @ParameterizedTest
    @CsvSource({"'', email: missing", "nobody, email is none"})
    void anEventThatItsActionRefusesIsRejectedWithoutARequest(String email, String reason) {
        List<Step> steps = connector(PEOPLE, Map.of("apiKey", "k")).steps(List.of(identify(Map.of("email", email))));

        assertThat(steps)
                .singleElement()
                .isInstanceOfSatisfying(
                        Step.Settle.class,
                        settled -> assertThat(settled.outcome()).isEqualTo(Delivery.rejected(reason)));
    }

    @Test
    void aFieldOfAnotherTypeIsRejected() {
        List<Step> steps =
                connector(PEOPLE, Map.of("apiKey", "k")).steps(List.of(identify(Map.of("email", "a@b", "age", "old"))));

        assertThat(steps)
                .singleElement()
                .isInstanceOfSatisfying(
                        Step.Settle.class,
                        settled ->
                                assertThat(settled.outcome()).isEqualTo(Delivery.rejected("age: not of type integer")));
    }

    @Test
    void eventsThatBelongTogetherShareARequestUntilItIsFull() {
        List<OutboundEvent> batch = new ArrayList<>();
        for (int i = 1; i <= 8; i++) {
            batch.add(track(i, i % 4 == 0 ? "rare" : "often"));
        }

        List<Step.Send> sends = sends(connector(EVENTS, Map.of()).steps(batch));

        assertThat(sends)
                .extracting(send ->
                        send.events().stream().map(OutboundEvent::messageId).toList())
                .containsExactly(
                        List.of("message-1", "message-2", "message-3"),
                        List.of("message-4", "message-8"),
                        List.of("message-5", "message-6", "message-7"));
        assertThat(sends.get(1).request().uri()).hasToString("https://api.example/rare");
        assertThat(unzipped(sends.get(1).request()))
                .isEqualTo("{\"batch\":[{\"id\":\"message-4\",\"name\":\"Order Completed\"},"
                        + "{\"id\":\"message-8\",\"name\":\"Order Completed\"}]}");
    }

    @Test
    void aRequestHoldsNoMoreBytesThanAllowed() {
        String small = EVENTS.replace("maxBytes: 200", "maxBytes: 100");

        List<Step.Send> sends =
                sends(connector(small, Map.of()).steps(List.of(track(1, "l"), track(2, "l"), track(3, "l"))));

        assertThat(sends).extracting(send -> send.events().size()).containsExactly(2, 1);
    }

    @Test
    void aPartialFailureIsToldEventByEvent() {
        HttpConnector connector = connector(EVENTS, Map.of());
        Step.Send send = sends(connector.steps(List.of(track(1, "l"), track(2, "l"), track(3, "l"))))
                .getFirst();

        assertThat(connector.outcomes(send, TestResponse.of(207).body("{\"errors\": [{\"i\": 1, \"why\": \"bad\"}]}")))
                .containsExactly(Delivery.delivered(), Delivery.rejected("HTTP 207: bad"), Delivery.delivered());
        assertThat(connector.outcomes(
                        send,
                        TestResponse.of(200).body("{\"results\": [{\"ok\": true}, {\"ok\": true}, {\"ok\": false}]}")))
                .containsExactly(Delivery.delivered(), Delivery.delivered(), Delivery.retry("HTTP 200"));
        assertThat(connector.outcomes(send, TestResponse.of(207).body("{\"errors\": [{\"why\": \"bad\"}]}")))
                .containsExactly(Delivery.retry("HTTP 207, and it does not say for which event"));
    }

    @Test
    void theFirstRuleThatFitsDecidesAndOtherwiseTheStatus() {
        HttpConnector connector = connector(EVENTS, Map.of());
        Step.Send send = sends(connector.steps(List.of(track(1, "l")))).getFirst();

        assertThat(connector.outcomes(
                        send, TestResponse.of(400).header("Retry-After", "7").body("{\"code\": \"busy\"}")))
                .containsExactly(Delivery.retryAfter("HTTP 400", Duration.ofSeconds(7)));
        assertThat(connector.outcomes(send, TestResponse.of(400).body("{\"code\": \"bad\"}")))
                .containsExactly(Delivery.rejected("HTTP 400"));
        assertThat(connector.outcomes(send, TestResponse.of(502).body("{\"why\": \"who\"}")))
                .containsExactly(Delivery.unauthorized("HTTP 502: who, the credentials were not accepted"));
        assertThat(connector.outcomes(send, TestResponse.of(201).body("not json")))
                .containsExactly(Delivery.delivered());
    }

    @Test
    void aBodyMayBeAForm() {
        HttpConnector connector = connector("""
                id: form
                actions:
                  - name: send
                    subscribe: 'type = "track"'
                    request:
                      url: "https://api.example/in?v=1"
                      query: {a: [1, 2]}
                      body: {form: {text: "a b&c", number: 5.0, list: [x, "y"], none: null}}
                """, Map.of());

        HttpRequest request = onlySend(connector, track(1, "l")).request();

        assertThat(request.uri()).hasToString("https://api.example/in?v=1&a=1&a=2");
        assertThat(new String(request.body(), StandardCharsets.UTF_8))
                .isEqualTo("text=a%20b%26c&number=5&list=x&list=y");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{bearer: {'@settings': key}}                                             | Authorization | Bearer s",
                "{apiKey: {name: X-Key, value: {'@settings': key}}}                       | X-Key         | s",
                "{hmac: {header: X-Sign, prefix: 'sha256=', key: {'@settings': key}}}     | X-Sign        | sha256=8a06a64224d83d1bf0a2140fab7d5b462cf3f450592c7963910ed331e9031056"
            })
    void authenticates(String auth, String header, String value) {
        HttpConnector connector = connector(withAuth(auth), Map.of("key", "s"));

        assertThat(onlySend(connector, track(1, "l")).request().headers()).containsEntry(header, value);
    }

    @Test
    void aKeyInTheQueryIsEncodedAndTheRestStays() {
        String yaml = withAuth("{apiKey: {in: query, name: key, value: {'@settings': key}}}")
                .replace("request: {", "request: {timeout: 10s, ");
        HttpRequest request =
                onlySend(connector(yaml, Map.of("key", "a&b")), track(1, "l")).request();

        assertThat(request.uri()).hasToString("https://api.example/in?key=a%26b");
        assertThat(request.timeout()).hasValue(Duration.ofSeconds(10));
        assertThat(request.body()).asString().isEqualTo("hello");
    }

    @Test
    void anAddressThatIsNoneRejectsTheEventWithoutRepeatingIt() {
        HttpConnector connector = connector(
                withAuth("none").replace("https://api.example/in", "{{settings.key}}/in"),
                Map.of("key", "no url at all"));

        assertThat(connector.steps(List.of(track(1, "l"))))
                .singleElement()
                .isInstanceOfSatisfying(
                        Step.Settle.class,
                        settled -> assertThat(settled.outcome().toString())
                                .contains("no URL comes of it")
                                .doesNotContain("at all"));
    }

    private static String withAuth(String auth) {
        return """
                id: auth
                settings: {key: {type: string, required: true}}
                auth: %s
                actions:
                  - {name: send, subscribe: 'type = "track"', request: {url: "https://api.example/in", body: {text: hello}}}
                """.formatted(auth);
    }

    private static HttpConnector connector(String yaml, Map<String, Object> settings) {
        DeclaredDestination destination = DeclaredDestination.read("test.yaml", yaml);
        return (HttpConnector) destination.connect(Settings.of(destination.descriptor(), settings), CONTEXT);
    }

    private static OutboundEvent identify(Map<String, Object> traits) {
        Map<String, Object> event = Map.of(
                "type", "identify",
                "messageId", "message-1",
                "userId", "a/.. b",
                "traits", traits,
                "context", Map.of("library", Map.of("name", "test")));
        Action action = DeclaredDestination.read("people.yaml", PEOPLE)
                .descriptor()
                .findAction("upsert")
                .orElseThrow();
        return TestEvent.of(event)
                .action("upsert")
                .payload(Mapping.compile(action.mapping()).apply(event));
    }

    private static OutboundEvent track(int number, String list) {
        return TestEvent.of(Map.of(
                "type",
                "track",
                "messageId",
                "message-" + number,
                "event",
                "Order Completed",
                "properties",
                Map.of("list", list)));
    }

    private static Step.Send onlySend(HttpConnector connector, OutboundEvent event) {
        return sends(connector.steps(List.of(event))).getFirst();
    }

    private static List<Step.Send> sends(List<Step> steps) {
        return steps.stream().map(Step.Send.class::cast).toList();
    }

    private static String unzipped(HttpRequest request) {
        try (var gzip = new GZIPInputStream(new ByteArrayInputStream(request.body()))) {
            return new String(gzip.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
