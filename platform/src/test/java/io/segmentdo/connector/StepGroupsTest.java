package io.segmentdo.connector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.segmentdo.api.BlockingConnector;
import io.segmentdo.api.Delivery;
import io.segmentdo.api.OutboundEvent;
import io.segmentdo.api.Settings;
import io.segmentdo.testkit.TestEvent;
import io.segmentdo.testkit.TestResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Steps that consist of others, and batches that are worked out as a whole. */
class StepGroupsTest {
    /** Looks up which columns a table has, adds those that are missing, and inserts rows. */
    private static final String TABLE = """
            id: table
            actions:
              - name: insert
                subscribe: 'type = "track"'
                fields: {id: {}, row: {open: true}}
                item: {id: {"@field": id}, row: {"@field": row}}
                batch:
                  maxItems: 10
                  dedupeBy: [{"@field": id}]
                  merge: true
                  splitOn: [400]
                  let:
                    columns: {"@concat": {"@map": {list: {"@items": true}, shape: {"@map": {list: {"@entries": {"@path": row}}, shape: {"@path": key}}}}}}
                steps:
                  - name: table
                    cache:
                      key: table
                      ttl: 1h
                      when: {"@every": {list: {"@let": columns}, test: {"@lookup": {key: {"@path": "."}, table: {"@step": table.columns}}}}}
                    steps:
                      - name: read
                        request: {method: GET, url: "https://api.example/columns"}
                        capture: {columns: $}
                      - name: widen
                        when:
                          "@cases":
                            - {if: {"@any": {list: {"@let": columns}, test: {"@compare": {value: {"@path": "."}, eq: bad}}}}, then: {"@fail": a bad column}}
                            - {if: {"@not": {"@every": {list: {"@let": columns}, test: {"@lookup": {key: {"@path": "."}, table: {"@step": read.columns}}}}}}, then: true}
                        request: {url: "https://api.example/columns", body: {json: {"@let": columns}}}
                    capture:
                      columns:
                        "@merge":
                          objects: [{"@step": read.columns}, {"@object": {list: {"@let": columns}, key: {"@path": "."}, value: true}}]
                          direction: right
                  - name: rows
                    request: {url: "https://api.example/rows", body: {json: {"@items": true}}}
            """;

    private static final String READ = "GET https://api.example/columns ";

    @Test
    void whatStepsFoundOutTogetherIsRememberedForAsLongAsItIsGood() {
        var context = new ScriptedContext(
                TestResponse.of(200).body("{\"a\": true}"),
                TestResponse.of(200),
                TestResponse.of(200),
                TestResponse.of(200),
                TestResponse.of(200).body("{\"a\": true, \"b\": true, \"c\": true}"),
                TestResponse.of(200));
        BlockingConnector connector = connector(context);

        assertThat(connector.deliver(List.of(event("1", Map.of("b", 1))))).containsExactly(Delivery.delivered());
        assertThat(connector.deliver(List.of(event("2", Map.of("a", 2))))).containsExactly(Delivery.delivered());
        assertThat(connector.deliver(List.of(event("3", Map.of("c", 3))))).containsExactly(Delivery.delivered());

        assertThat(context.sent())
                .containsExactly(
                        READ,
                        "POST https://api.example/columns [\"b\"]",
                        "POST https://api.example/rows [{\"id\":\"1\",\"row\":{\"b\":1}}]",
                        "POST https://api.example/rows [{\"id\":\"2\",\"row\":{\"a\":2}}]",
                        READ,
                        "POST https://api.example/rows [{\"id\":\"3\",\"row\":{\"c\":3}}]");
    }

    @Test
    void whatFailedOnTheWayIsNotRememberedNorWhatIsTooOld() {
        var context = new ScriptedContext(
                TestResponse.of(200).body("{}"),
                TestResponse.of(503),
                TestResponse.of(200).body("{\"a\": true}"),
                TestResponse.of(200),
                TestResponse.of(200).body("{\"a\": true}"),
                TestResponse.of(200));
        BlockingConnector connector = connector(context);

        assertThat(connector.deliver(List.of(event("1", Map.of("a", 1))))).containsExactly(Delivery.retry("HTTP 503"));
        assertThat(connector.deliver(List.of(event("1", Map.of("a", 1))))).containsExactly(Delivery.delivered());
        context.advance(Duration.ofMinutes(61));
        assertThat(connector.deliver(List.of(event("2", Map.of("a", 1))))).containsExactly(Delivery.delivered());

        assertThat(context.sent()).filteredOn(READ::equals).hasSize(3);
    }

    @Test
    void repeatsInABatchAreOneItemWithWhatAllOfThemSay() {
        var context =
                new ScriptedContext(TestResponse.of(200).body("{\"a\": true, \"b\": true}"), TestResponse.of(200));

        List<Delivery> outcomes = connector(context)
                .deliver(List.of(
                        event("1", Map.of("a", List.of(1, 2))),
                        event("2", Map.of("a", 5)),
                        event("1", Map.of("a", List.of(2, 3), "b", 6))));

        assertThat(outcomes).containsOnly(Delivery.delivered());
        assertThat(context.sent().getLast())
                .isIn(
                        "POST https://api.example/rows [{\"id\":\"1\",\"row\":{\"a\":[1,2,3],\"b\":6}},{\"id\":\"2\",\"row\":{\"a\":5}}]",
                        "POST https://api.example/rows [{\"id\":\"1\",\"row\":{\"b\":6,\"a\":[1,2,3]}},{\"id\":\"2\",\"row\":{\"a\":5}}]");
    }

    @Test
    void anEventThatCannotBeMappedInABatchCostsNoOtherOne() {
        var context = new ScriptedContext();
        BlockingConnector connector = connector(context);
        List<OutboundEvent> batch = List.of(event("1", Map.of("a", 1)), event("2", Map.of("bad", 1)));
        context.answer(TestResponse.of(200).body("{\"a\": true}"));

        assertThat(connector.deliver(batch)).allMatch(Delivery.RetryAfter.class::isInstance);
        context.answer(
                TestResponse.of(200).body("{\"a\": true}"),
                TestResponse.of(200),
                TestResponse.of(200).body("{}"));
        List<Delivery> alone = connector.deliver(batch);

        assertThat(alone).containsExactly(Delivery.delivered(), Delivery.rejected("a bad column"));
    }

    @Test
    void insideOfAStepAreRequestsOnlyAndTheirNamesStayInside() {
        String outside = TABLE.replace("- name: rows", "- name: rows\n        when: {\"@step\": read.columns}");
        String deeper = TABLE.replace("- name: read\n", "- name: read\n            steps: []\n");

        assertThatThrownBy(() -> DeclaredDestination.read("table.yaml", outside))
                .hasMessageContaining("not to read.columns");
        assertThatThrownBy(() -> DeclaredDestination.read("table.yaml", deeper))
                .hasMessageContaining("/actions/0/steps/0/steps/0/steps");
    }

    private static BlockingConnector connector(ScriptedContext context) {
        DeclaredDestination destination = DeclaredDestination.read("table.yaml", TABLE);
        return (BlockingConnector) destination.connect(Settings.of(destination.descriptor(), Map.of()), context);
    }

    private static OutboundEvent event(String id, Map<String, Object> row) {
        return TestEvent.of(Map.of("type", "track", "messageId", "m" + id))
                .action("insert")
                .payload(Map.of("id", id, "row", row));
    }
}
