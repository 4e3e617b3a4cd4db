package io.segmentdo.connector;

import io.segmentdo.testkit.Golden;
import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The golden cases of the test kit with connectors declared in YAML: of one request, and of steps that wait for answers. */
class GoldenConnectorsTest {
    private static final String SETTINGS = """
            settings:
              url: {type: url, required: true}
              key: {type: secret, required: true}
            auth: {bearer: {"@settings": key}}
            """;
    private static final String NOTES = "id: notes\n" + SETTINGS + """
            actions:
              - name: note
                subscribe: 'type = "track"'
                request: {url: "{{settings.url}}/notes", body: {json: {text: {"@event": event}}}}
            """;
    private static final String PEOPLE = "id: people\n" + SETTINGS + """
            actions:
              - name: person
                subscribe: 'type = "track"'
                steps:
                  - name: find
                    request: {method: GET, url: "{{settings.url}}/people", query: {id: {"@event": userId}}}
                    capture: {id: "$.people[0].id"}
                  - name: note
                    request: {url: "{{settings.url}}/people/{{find.id}}/notes", body: {json: {text: {"@event": event}}}}
            """;

    @TestFactory
    Stream<DynamicTest> cases() throws IOException {
        return Stream.concat(
                Golden.cases(DeclaredDestination.read("notes.yaml", NOTES)),
                Golden.cases(DeclaredDestination.read("people.yaml", PEOPLE)));
    }
}
