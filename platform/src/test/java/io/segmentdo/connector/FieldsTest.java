package io.segmentdo.connector;

import static org.assertj.core.api.Assertions.assertThat;

import io.segmentdo.api.Action;
import io.segmentdo.api.Delivery;
import io.segmentdo.api.HttpConnector;
import io.segmentdo.api.Settings;
import io.segmentdo.api.Step;
import io.segmentdo.testkit.TestContext;
import io.segmentdo.testkit.TestEvent;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FieldsTest {
    private static final TestContext CONTEXT = new TestContext();

    private static final String SHOP = """
            id: shop
            fields:
              count: {label: Count, type: integer, min: 1, max: 9}
              items:
                type: object
                many: true
                members:
                  id: {type: text, required: true}
                  price: {type: number}
                  mail: {type: text, format: email}
            let:
              total: {"@sum": {"@map": {list: {"@field": items}, shape: {"@path": price}}}}
            validate:
              - {rule: {"@not": {"@compare": {value: {"@let": total}, ge: 100}}}, message: too dear}
            request: {url: "https://shop.example/{{let.kind}}", body: {json: {"@field": true}}}
            actions:
              - name: buy
                subscribe: 'type = "track"'
                fields:
                  items: {like: true, required: true, default: null}
                  count: {like: true, max: 99}
                  mode: {type: text, choices: [fast, slow]}
                  note: {type: text, nullable: true}
                  when: {type: datetime}
                  gift: {type: boolean}
                  to: {type: text, required: {"@compare": {value: {"@field": gift}, eq: true}}}
                  open: {type: object, open: true, members: {a: {type: text}}}
                let: {kind: buy}
              - name: look
                subscribe: 'type = "page"'
                fields: {count: {like: true, default: 1}}
                let: {kind: {"@template": "look-{{let.total}}"}}
                skip: [{"@compare": {value: {"@field": count}, eq: 7}}]
            """;

    @ParameterizedTest
    @CsvSource(
            delimiter = '→',
            quoteCharacter = '`',
            value = {
                "{'items': {'id': 5, 'price': '2.50', 'other': 1}, 'other': 1} → {'items': [{'id': '5', 'price': 2.5}]}",
                "{'items': [{'id': 'a', 'price': 3}, null], 'count': '12', 'mode': 'fast'} → {'items': [{'id': 'a', 'price': 3}], 'count': 12, 'mode': 'fast'}",
                "{'items': [], 'note': null, 'count': null, 'when': 17, 'gift': ''} → {'items': [], 'note': null, 'when': 17}",
                "{'items': [], 'count': ['4'], 'gift': 'false'} → {'items': [], 'count': 4, 'gift': false}",
                "{'items': [], 'gift': 1, 'to': 'Ada'} → {'items': [], 'gift': true, 'to': 'Ada'}",
                "{'items': [], 'open': {'a': 1, 'b': 2}} → {'items': [], 'open': {'a': '1', 'b': 2}}",
                "{} → items: missing",
                "{'items': [{'price': 1}]} → items/0/id: missing",
                "{'items': [{'id': 'a', 'mail': 'nobody'}]} → items/0/mail: not of the format email",
                "{'items': [], 'count': 0} → count: out of range",
                "{'items': [], 'count': 1.5} → count: not of type integer",
                "{'items': [], 'mode': 'medium', 'gift': 'maybe'} → mode: none of the choices; gift: not of type boolean",
                "{'items': [], 'gift': true} → to: missing",
                "{'items': 'a'} → items/0: not of type object",
                "{'items': [{'id': 'a', 'price': 100}]} → too dear",
            })
    void aValueIsMadeIntoWhatItsFieldSaysOrRefused(String given, String expected) {
        Step step = step("buy", given);

        Object outcome = switch (step) {
            case Step.Send send -> CONTEXT.json().read(send.request().body());
            case Step.Settle settle -> settle.outcome();
        };
        assertThat(outcome).isEqualTo(expected.startsWith("{") ? json(expected) : Delivery.rejected(expected));
    }

    @Test
    void anActionTakesWhatTheFileSaysForAllOfThem() {
        assertThat(((Step.Send) step("buy", "{'items': []}")).request().uri()).hasToString("https://shop.example/buy");
        assertThat(((Step.Send) step("look", "{'count': 2}")).request().uri())
                .hasToString("https://shop.example/look-");
    }

    @Test
    void anEventThatIsLeftOutIsSkipped() {
        assertThat(step("look", "{'count': 7}"))
                .isInstanceOfSatisfying(
                        Step.Settle.class,
                        settled -> assertThat(settled.outcome()).isEqualTo(Delivery.skipped()));
    }

    @Test
    void aSharedFieldGivesItsDefaultToo() {
        assertThat(DeclaredDestination.read("shop.yaml", SHOP).descriptor().findAction("look"))
                .map(Action::mapping)
                .contains(Map.of("count", 1));
    }

    private static Step step(String action, String payload) {
        DeclaredDestination destination = DeclaredDestination.read("shop.yaml", SHOP);
        var connector = (HttpConnector) destination.connect(Settings.of(destination.descriptor(), Map.of()), CONTEXT);
        return connector
                .steps(List.of(TestEvent.of("track", 1).action(action).payload(json(payload))))
                .getFirst();
    }

    private static Object json(String text) {
        return CONTEXT.json().read(text.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    }
}
