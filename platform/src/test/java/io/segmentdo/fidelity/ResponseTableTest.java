package io.segmentdo.fidelity;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.segmentdo.api.BlockingConnector;
import io.segmentdo.api.Connector;
import io.segmentdo.api.Delivery;
import io.segmentdo.api.Descriptor;
import io.segmentdo.api.Destination;
import io.segmentdo.api.DestinationContext;
import io.segmentdo.api.HttpConnector;
import io.segmentdo.api.HttpResponse;
import io.segmentdo.api.HttpSender;
import io.segmentdo.api.Json;
import io.segmentdo.api.OutboundEvent;
import io.segmentdo.api.Preset;
import io.segmentdo.api.Setting;
import io.segmentdo.api.Settings;
import io.segmentdo.api.Step;
import io.segmentdo.mapping.Fql;
import io.segmentdo.mapping.Mapping;
import io.segmentdo.storage.Jwt;
import io.segmentdo.testkit.TestContext;
import io.segmentdo.testkit.TestEvent;
import io.segmentdo.testkit.TestResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.slf4j.Logger;

/** What the responses of the vendors mean: {@code responses.csv}, one line for each. */
class ResponseTableTest {
    private static final NamedDestinations DESTINATIONS = NamedDestinations.read();
    private static final Path STANDARD_EVENTS =
            Path.of("src/test/resources/io/segmentdo/fidelity/standard-events.jsonl");

    @ParameterizedTest
    @CsvFileSource(resources = "responses.csv", delimiter = '|', numLinesToSkip = 1, quoteCharacter = '`')
    void aResponseMeans(String id, String action, int events, int status, String body, String outcomes)
            throws Exception {
        Destination destination = DESTINATIONS.named(id);
        HttpResponse response =
                TestResponse.of(status).body((body == null ? "" : body).getBytes(StandardCharsets.UTF_8));
        try (Connector connector = destination.connect(settings(destination), new OneAnswer(response))) {
            List<OutboundEvent> batch = new ArrayList<>();
            for (int i = 1; i <= events; i++) {
                batch.add(event(destination, action, i));
            }

            List<Delivery> delivered = deliver(connector, batch, response);

            assertThat(delivered.stream().map(ResponseTableTest::word).collect(Collectors.joining(" ")))
                    .isEqualTo(outcomes);
        }
    }

    /** Only the user knows them: the token of a device, and which conversion an event is. */
    private static final Set<String> NEED_A_MAPPING = Set.of("createUpdateDevice", "streamConversion");

    @Test
    void whatADestinationProposesTakesTheEventsThatItIsFor() throws Exception {
        HttpResponse response = TestResponse.of(200).body("{\"id\":\"1\"}".getBytes(StandardCharsets.UTF_8));
        List<String> refused = new ArrayList<>();
        for (Descriptor descriptor : DESTINATIONS.descriptors()) {
            Destination destination = DESTINATIONS.named(descriptor.id());
            try (Connector connector = destination.connect(settings(destination), new OneAnswer(response))) {
                for (Preset preset : descriptor.proposals()) {
                    for (OutboundEvent event : standardEvents(descriptor, preset)) {
                        deliver(connector, List.of(event), response).stream()
                                .filter(Delivery.Rejected.class::isInstance)
                                .forEach(outcome -> refused.add(
                                        descriptor.id() + ", " + preset.name() + ", " + event.type() + ": " + outcome));
                    }
                }
            }
        }

        assertThat(refused).isEmpty();
    }

    private static List<OutboundEvent> standardEvents(Descriptor descriptor, Preset preset) throws IOException {
        if (NEED_A_MAPPING.contains(preset.action())) {
            return List.of();
        }
        Map<String, Object> mapping = new HashMap<>(
                descriptor.findAction(preset.action()).orElseThrow().mapping());
        mapping.putAll(preset.mapping());
        Fql subscription = Fql.compile(preset.subscription());
        List<OutboundEvent> events = new ArrayList<>();
        for (String line : Files.readAllLines(STANDARD_EVENTS)) {
            Map<String, Object> fields = new ObjectMapper().readValue(line, new TypeReference<>() {});
            if (subscription.matches(fields)) {
                events.add(TestEvent.of(fields).action(preset.action()).payload(payload(mapping, fields)));
            }
        }
        return events;
    }

    private static Map<String, Object> payload(Map<String, Object> mapping, Map<String, Object> fields) {
        Map<String, Object> payload = new HashMap<>();
        if (Mapping.compile(mapping).apply(fields) instanceof Map<?, ?> members) {
            members.forEach((name, value) -> payload.put(String.valueOf(name), value));
        }
        return payload;
    }

    private static List<Delivery> deliver(Connector connector, List<OutboundEvent> batch, HttpResponse response) {
        if (connector instanceof BlockingConnector blocking) {
            return blocking.deliver(batch);
        }
        List<Delivery> all = new ArrayList<>();
        for (Step step : ((HttpConnector) connector).steps(batch)) {
            switch (step) {
                case Step.Settle settle -> all.add(settle.outcome());
                case Step.Send send -> {
                    List<Delivery> given = ((HttpConnector) connector).outcomes(send, response);
                    for (int i = 0; i < send.events().size(); i++) {
                        all.add(given.get(given.size() == 1 ? 0 : i));
                    }
                }
            }
        }
        return all;
    }

    private static String word(Delivery delivery) {
        return delivery.getClass().getSimpleName().toLowerCase(Locale.ROOT);
    }

    private static OutboundEvent event(Destination destination, String action, int number) {
        Map<String, Object> fields =
                new LinkedHashMap<>(TestEvent.of("track", number).asMap());
        fields.put(
                "properties",
                Map.of(
                        "products",
                        List.of(Map.of("product_id", "p1", "name", "Thing")),
                        "order_id",
                        "o1",
                        "total",
                        5,
                        "currency",
                        "EUR",
                        "revenue",
                        5,
                        "phone",
                        "+3212345678",
                        "email",
                        "a@example.com"));
        fields.put("traits", Map.of("email", "a@example.com", "firstName", "Ada", "plan", "free"));
        fields.put("name", "Home");
        fields.put("previousId", "previous");
        fields.put("groupId", "group");
        Map<String, Object> mapping = new HashMap<>(
                destination.descriptor().findAction(action).orElseThrow().mapping());
        mapping.putAll(EXTRA.getOrDefault(action, Map.of()));
        return TestEvent.of(fields).action(action).payload(payload(mapping, fields));
    }

    /** What a user has to map. */
    private static final Map<String, Map<String, Object>> EXTRA = Map.of(
            "streamConversion", Map.of("conversionRuleId", "1", "email", "a@example.com"),
            "uploadClickConversion2", Map.of("conversion_action", 1, "gclid", "g"),
            "uploadConversionAdjustment2", Map.of("conversion_action", 1, "adjustment_type", "RETRACTION"),
            "identifyContact", Map.of("role", "user"),
            "upsertObject",
                    Map.of(
                            "object_details",
                            Map.of(
                                    "object_type",
                                    "contact",
                                    "id_field_name",
                                    "email",
                                    "id_field_value",
                                    Map.of("@path", "$.messageId"))),
            "send", Map.of("url", "https://api.example/in", "method", "POST"),
            "addToCart2",
                    Map.of(
                            "contents",
                            List.of(),
                            "user_data",
                            Map.of("email", "a@example.com", "client_user_agent", "Firefox"),
                            "action_source",
                            "website"));

    /** Settings that not every text will do for. */
    private static final Map<String, Object> GIVEN = Map.of(
            "apiKey", "given-us1",
            "url", "https://vendor.example",
            "endpoint", "https://vendor.example",
            "credentials",
                    new String(
                            new TestContext().json().write(Map.of("private_key", Jwt.pem())), StandardCharsets.UTF_8),
            "privateKey", Jwt.pem());

    private static Settings settings(Destination destination) {
        Map<String, Object> values = new HashMap<>();
        for (Setting setting : destination.descriptor().settings()) {
            if (setting.isRequired() && setting.defaultValue().isEmpty()) {
                values.put(setting.name(), GIVEN.getOrDefault(setting.name(), "given"));
            }
        }
        for (String name : List.of("measurementId", "customerId", "accessToken")) {
            if (destination.descriptor().findSetting(name).isPresent()) {
                values.put(name, "1234567890");
            }
        }
        return Settings.of(destination.descriptor(), values);
    }

    /** A context in which every request gets the same answer. */
    private record OneAnswer(HttpResponse response) implements DestinationContext {
        @Override
        public String destination() {
            return "test/table";
        }

        @Override
        public InstantSource clock() {
            return () -> TestContext.START;
        }

        @Override
        public Logger logger() {
            return new TestContext().logger();
        }

        @Override
        public HttpSender http() {
            return request -> request.uri().toString().contains("oken")
                    ? TestResponse.of(200).body("{\"access_token\": \"t\"}".getBytes(StandardCharsets.UTF_8))
                    : response;
        }

        @Override
        public Json json() {
            return new TestContext().json();
        }
    }
}
