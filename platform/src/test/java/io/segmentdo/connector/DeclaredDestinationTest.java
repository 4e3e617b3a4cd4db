package io.segmentdo.connector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.segmentdo.api.Batching;
import io.segmentdo.api.Descriptor;
import io.segmentdo.api.RetryPolicy;
import io.segmentdo.api.Settings;
import io.segmentdo.api.SettingsException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DeclaredDestinationTest {
    private static final String MINIMAL = """
        id: tiny
        actions:
          - name: send
            subscribe: 'type = "track"'
            request: {url: "https://api.example/in", body: {json: {"@path": "$.properties"}}}
        """;

    @Test
    void theDescriptorSaysWhatTheFileDeclares() {
        Descriptor descriptor = DeclaredDestination.read("acme.yaml", """
            id: acme
            name: Acme
            description: Sends people to Acme.
            settings:
              apiKey: {type: secret, required: true, label: API key}
              region: {type: enum, values: [us, eu], default: us}
              retries: {type: integer, min: 1, max: 5, default: 3}
            actions:
              - name: person
                subscribe: 'type = "identify"'
                fields:
                  email: {type: text, required: true, default: {"@path": "$.traits.email"}}
                  plan: {default: free}
                request: {url: "https://acme.example/people"}
              - name: event
                subscribe: 'type = "track"'
                batch: {maxItems: 50, maxBytes: 1000, maxWait: 500ms}
                request: {url: "https://acme.example/events", body: {json: {"@items": true}}}
            """).descriptor();

        assertThat(descriptor.id()).isEqualTo("acme");
        assertThat(descriptor.name()).isEqualTo("Acme");
        assertThat(descriptor.secrets()).containsExactly("apiKey");
        assertThat(descriptor.batching()).isEqualTo(new Batching(50, 1000, Duration.ofMillis(500)));
        assertThat(descriptor.findAction("person")).hasValueSatisfying(action -> {
            assertThat(action.subscription()).isEqualTo("type = \"identify\"");
            assertThat(action.mapping()).isEqualTo(Map.of("email", Map.of("@path", "$.traits.email"), "plan", "free"));
        });
        assertThatThrownBy(() -> Settings.of(descriptor, Map.of("region", "asia")))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("apiKey")
                .hasMessageContaining("region");
    }

    @Test
    void aMinimalFileIsEnough() {
        assertThat(DeclaredDestination.read("tiny.yaml", MINIMAL).descriptor().batching())
                .isEqualTo(Batching.OFF);
    }

    @Test
    void everyFaultIsNamedWithFileLineAndExpectation() {
        List<String> problems = problems("""
            id: Acme Inc
            colour: red
            settings:
              key: {type: secret}
              mode: {type: enum}
              age: {type: integer, default: old}
            auth: {basic: {user: {"@setting": key}}, bearer: x}
            actions:
              - name: one
                subscribe: 'type = "track" and'
                fields:
                  id: {type: text, required: true}
                  to: {default: {"@path": 5}}
                validate:
                  - {rule: {"@compare": {value: 1}}, message: never}
                request:
                  method: FETCH
                  url: "https://api.example/{{settings.key}}/{{nobody.id}}"
                  body: {json: {"@items": true}, form: {}}
                response:
                  - {status: 207, class: delivered}
                  - {status: 9xx, class: fine}
                  - {message: "$.error", class: retry}
                  - {status: 200, items: {list: "$.errors"}}
              - name: one
                item: {a: 1}
              - name: two
                subscribe: ""
                batch: {maxBytes: 0, maxWait: soon}
                request: {url: "https://api.example", body: {json: {"@event": true}}}
            """);

        assertThat(problems)
                .contains(
                        "acme.yaml:2: /colour: colour (expected: one of id, name, description, segment, settings,"
                                + " vars, auth, fields, let, validate, item, batch, request, response, rate, retry,"
                                + " idempotency, test, deleteUser, functions, actions, presets)",
                        "acme.yaml:5: /settings/mode/values: missing (expected: a list of texts)",
                        "acme.yaml:7: /auth: {basic={user={@setting=key}}, bearer=x} (expected: none, or one of basic,"
                                + " bearer, apiKey, hmac, oauth2, jwtBearer, sigv4, session, oneOf)",
                        "acme.yaml:12: /actions/0/fields/id/default: missing (expected: a mapping, as the field is"
                                + " required)",
                        "acme.yaml:13: /actions/0/fields/to/default/@path: 5 (expected: a text or a directive)",
                        "acme.yaml:17: /actions/0/request/method: FETCH (expected: one of POST, GET, PUT, PATCH,"
                                + " DELETE)",
                        "acme.yaml:19: /actions/0/request/body: {json={@items=true}, form={}} (expected: only one of"
                                + " json, form, ndjson, csv, xml, text)",
                        "acme.yaml:19: /actions/0/request/body/json: @items (expected: a known directive)",
                        "acme.yaml:21: /actions/0/response/0/items: missing (expected: which events a 207 speaks of)",
                        "acme.yaml:25: /actions/1/name: one (expected: a name of its own)",
                        "acme.yaml:26: /actions/1/item: {a=1} (expected: batch beside it)",
                        "acme.yaml:30: /actions/2/request/body/json: @event (expected: a known directive)")
                .anyMatch(problem -> problem.startsWith("acme.yaml:1: /id: Acme Inc"))
                .anyMatch(problem -> problem.startsWith("acme.yaml:6: /settings/age/default: old"))
                .anyMatch(problem -> problem.startsWith("acme.yaml:10: /actions/0/subscribe"))
                .anyMatch(problem -> problem.startsWith("acme.yaml:15: /actions/0/validate/0/rule/@compare"))
                .anyMatch(problem -> problem.startsWith("acme.yaml:18: /actions/0/request/url")
                        && problem.endsWith("(expected: a URL without secrets, they belong into auth)"))
                .anyMatch(problem -> problem.startsWith("acme.yaml:18: /actions/0/request/url")
                        && problem.contains("places that start with one of"))
                .anyMatch(problem -> problem.startsWith("acme.yaml:22: /actions/0/response/1/status: 9xx"))
                .anyMatch(problem -> problem.startsWith("acme.yaml:22: /actions/0/response/1/class: fine"))
                .anyMatch(problem -> problem.startsWith("acme.yaml:23: /actions/0/response/2/status"))
                .anyMatch(problem -> problem.startsWith("acme.yaml:24: /actions/0/response/3/items/index"))
                .anyMatch(problem -> problem.startsWith("acme.yaml:25: /actions/1/request"))
                .anyMatch(problem -> problem.startsWith("acme.yaml:29: /actions/2/batch/maxItems: missing"))
                .anyMatch(problem -> problem.startsWith("acme.yaml:29: /actions/2/batch/maxBytes: 0"))
                .anyMatch(problem -> problem.startsWith("acme.yaml:29: /actions/2/batch/maxWait: soon"));
    }

    @Test
    void aFileThatIsNoYamlIsRefusedWithTheLine() {
        assertThat(problems("id: a\nactions: [")).singleElement().asString().startsWith("acme.yaml:2: /");
        assertThat(problems("")).anyMatch(problem -> problem.contains("an object with id"));
        assertThat(problems("id: a\nid: b\n" + MINIMAL.substring(MINIMAL.indexOf('\n') + 1)))
                .containsExactly("acme.yaml:2: /id: id (expected: every key once)");
    }

    @Test
    void aFileThatExplodesThroughAliasesIsRefused() {
        var yaml = new StringBuilder("a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n");
        for (int i = 1; i < 8; i++) {
            String before = "*a" + (i - 1);
            yaml.append(
                    "a%d: &a%d [%s]%n".formatted(i, i, String.join(", ", java.util.Collections.nCopies(10, before))));
        }

        assertThat(problems(yaml.toString())).anyMatch(problem -> problem.contains("valid YAML"));
    }

    private static List<String> problems(String yaml) {
        return catchThrowableOfType(InvalidConnectorException.class, () -> DeclaredDestination.read("acme.yaml", yaml))
                .problems()
                .stream()
                .map(ConnectorProblem::toString)
                .toList();
    }

    @Test
    void aNumberIsASettingWithParts() {
        Descriptor descriptor = DeclaredDestination.read(
                        "tiny.yaml", MINIMAL + "settings: {share: {type: number, default: 0.25}}\n")
                .descriptor();

        assertThat(Settings.of(descriptor, Map.of()).number("share")).isEqualTo(0.25);
        assertThat(Settings.of(descriptor, Map.of("share", "-12.5")).number("share"))
                .isEqualTo(-12.5);
        assertThatThrownBy(() -> Settings.of(descriptor, Map.of("share", "much")))
                .hasMessageContaining("share: much (expected: a number)");
    }

    @Test
    void aConnectorSaysHowItWantsToBeTriedAgain() {
        assertThat(DeclaredDestination.read("tiny.yaml", MINIMAL + "retry: {backoff: 2s, giveUpAfter: 1h}\n")
                        .descriptor()
                        .retry())
                .hasValue(new RetryPolicy(Duration.ofSeconds(2), Duration.ofMinutes(5), Duration.ofHours(1)));
        assertThat(DeclaredDestination.read("tiny.yaml", MINIMAL + "retry: {throttled: {backoff: 5s}}\n")
                        .descriptor()
                        .retry())
                .map(RetryPolicy::throttled)
                .hasValue(new RetryPolicy.Pauses(Duration.ofSeconds(5), Duration.ofMinutes(1)));
        assertThat(DeclaredDestination.read("tiny.yaml", MINIMAL).descriptor().retry())
                .isEmpty();
    }

    @Test
    void pausesThatDoNotFitAreSaid() {
        for (String pauses : List.of("{backoff: 0s}", "{backoff: 2m}", "{backoffMax: 2h}")) {
            assertThat(problems(MINIMAL + "retry: {throttled: " + pauses + "}\n"))
                    .singleElement()
                    .asString()
                    .contains("/retry/throttled: ", "(expected: pauses of more than nothing", "1h at most)");
        }
    }

    @Test
    void whatDoesNotFitTogetherIsSaid() {
        String unsupported =
                MINIMAL.replace("request:", "forEach: {list: $.x, maxConcurrent: 400}\n    request:") + """
            auth: {sigv4: {service: firehose, region: eu-west-1, accessKeyId: a, secretAccessKey: b, externalId: c}}
            retry: {backoff: 5m, backoffMax: 1s}
            settings: {share: {type: number, min: 1}}
            """;

        assertThatThrownBy(() -> DeclaredDestination.read("tiny.yaml", unsupported))
                .hasMessageContaining("/auth/sigv4/externalId: c (expected: roleArn beside it)")
                .hasMessageContaining("/forEach/maxConcurrent: 400 (expected: at most 32)")
                .hasMessageContaining("/retry")
                .hasMessageContaining("only an integer has bounds");
    }

    @Test
    void theTimeOfARequestIsADurationOfMoreThanNothing() {
        assertThat(problems(MINIMAL.replace("request: {", "request: {timeout: 0s, ")))
                .singleElement()
                .asString()
                .endsWith("/actions/0/request/timeout: 0s (expected: a duration of more than nothing)");
        assertThat(problems(MINIMAL.replace("request: {", "request: {timeout: soon, ")))
                .singleElement()
                .asString()
                .contains("/actions/0/request/timeout: soon (expected: a duration such as 500ms");
    }

    @Test
    void secretsDoNotGetIntoUrlsInAnyWay() {
        assertThat(inUrl("url: \"https://a.example\", query: {key: {\"@settings\": key}}"))
                .contains("/query: ", SECRETS);
        assertThat(inUrl("url: \"https://a.example\", query: {key: {\"@template\": \"k-{{settings.key}}\"}}"))
                .contains(SECRETS);
        assertThat(inUrl("url: {\"@template\": \"https://a.example/{{settings.key}}\"}"))
                .contains(SECRETS);
        assertThat(inUrl("url: \"https://a.example\", "
                        + "query: {sig: {\"@hmac\": {value: {\"@event\": userId}, key: {\"@settings\": key}}}}"))
                .isEmpty();
    }

    private static final String SECRETS = "a URL without secrets";

    private static String inUrl(String request) {
        try {
            DeclaredDestination.read("tiny.yaml", """
                    id: tiny
                    settings: {key: {type: secret}}
                    actions: [{name: one, subscribe: "", request: {%s}}]
                    """.formatted(request));
            return "";
        } catch (InvalidConnectorException invalid) {
            return String.valueOf(invalid.getMessage());
        }
    }
}
