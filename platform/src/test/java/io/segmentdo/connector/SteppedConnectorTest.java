package io.segmentdo.connector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.segmentdo.api.BlockingConnector;
import io.segmentdo.api.Delivery;
import io.segmentdo.api.DestinationContext;
import io.segmentdo.api.OutboundEvent;
import io.segmentdo.api.Settings;
import io.segmentdo.testkit.TestEvent;
import io.segmentdo.testkit.TestResponse;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SteppedConnectorTest {
    private static final String COMPANIES = """
            id: companies
            settings: {token: {type: secret, required: true}}
            auth: {bearer: {"@settings": token}}
            actions:
              - name: upsert
                subscribe: 'type = "group"'
                fields: {name: {type: text, required: true, default: {"@path": "$.traits.name"}}}
                steps:
                  - name: find
                    request: {method: GET, url: "https://api.example/companies", query: {name: {"@field": name}}}
                    capture: {id: "$.results[0].id", count: "$.total"}
                    pass: [404]
                  - name: create
                    when: {"@not": {"@step": find.id}}
                    request: {url: "https://api.example/companies", body: {json: {name: {"@field": name}}}}
                    capture: {id: "$.id"}
                  - name: update
                    when: {"@exists": {"@step": find.id}}
                    request: {method: PATCH, url: "https://api.example/companies/{{find.id}}", body: {json: {name: {"@field": name}}}}
                  - name: link
                    request:
                      method: PUT
                      url: "https://api.example/links/{{event.userId}}"
                      body: {json: {company: {"@coalesce": [{"@step": find.id}, {"@step": create.id}]}}}
                response:
                  - {status: 409, class: retry, message: "$.why"}
            """;

    @Test
    void aLaterRequestHoldsWhatAnEarlierResponseSaid() {
        var context = new ScriptedContext(
                TestResponse.of(200).body("{\"total\": 1, \"results\": [{\"id\": \"c 7\"}]}"),
                TestResponse.of(200),
                TestResponse.of(204));

        assertThat(connector(context).deliver(List.of(group("Acme")))).containsExactly(Delivery.delivered());

        assertThat(context.sent())
                .containsExactly(
                        "GET https://api.example/companies?name=Acme ",
                        "PATCH https://api.example/companies/c%207 {\"name\":\"Acme\"}",
                        "PUT https://api.example/links/u1 {\"company\":\"c 7\"}");
    }

    @Test
    void aStatusThatMayPassLeadsToTheNextStep() {
        var context = new ScriptedContext(
                TestResponse.of(404), TestResponse.of(201).body("{\"id\": 8}"), TestResponse.of(204));

        assertThat(connector(context).deliver(List.of(group("Acme")))).containsExactly(Delivery.delivered());

        assertThat(context.sent())
                .containsExactly(
                        "GET https://api.example/companies?name=Acme ",
                        "POST https://api.example/companies {\"name\":\"Acme\"}",
                        "PUT https://api.example/links/u1 {\"company\":8}");
    }

    @Test
    void aStepThatFailsEndsTheAttempt() {
        var context =
                new ScriptedContext(TestResponse.of(404), TestResponse.of(409).body("{\"why\": \"locked\"}"));

        assertThat(connector(context).deliver(List.of(group("Acme"))))
                .containsExactly(Delivery.retry("HTTP 409: locked"));
        assertThat(context.sent()).hasSize(2);
        assertThat(context.sent("Authorization")).containsOnly("Bearer t");
    }

    @Test
    void noResponseIsTriedAgainAndARefusedEventIsNot() {
        var context = new ScriptedContext();

        assertThat(connector(context).deliver(List.of(group("Acme"), group(""))))
                .containsExactly(Delivery.retry("no response: IOException"), Delivery.rejected("name: missing"));
    }

    @Test
    void stepsReferToEarlierOnesOnly() {
        String early = COMPANIES
                .replace(
                        "{\"@field\": name}}}\n        capture: {id: \"$.results",
                        "{\"@step\": link.id}}}\n        capture: {id: \"$.results")
                .replace("/links/{{event.userId}}", "/links/{{later.id}}");

        assertThatThrownBy(() -> DeclaredDestination.read("companies.yaml", early))
                .isInstanceOf(InvalidConnectorException.class)
                .hasMessageContaining("not to link.id")
                .hasMessageContaining("{{later.id}} (expected: places that start with one of");
    }

    private static BlockingConnector connector(DestinationContext context) {
        DeclaredDestination destination = DeclaredDestination.read("companies.yaml", COMPANIES);
        return (BlockingConnector)
                destination.connect(Settings.of(destination.descriptor(), Map.of("token", "t")), context);
    }

    private static OutboundEvent group(String name) {
        return TestEvent.of(Map.of("type", "group", "messageId", "m1", "userId", "u1"))
                .action("upsert")
                .payload(Map.of("name", name));
    }
}
