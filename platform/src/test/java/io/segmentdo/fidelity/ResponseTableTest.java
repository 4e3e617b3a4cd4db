package io.segmentdo.fidelity;

import static org.assertj.core.api.Assertions.assertThat;

import io.segmentdo.api.BlockingConnector;
import io.segmentdo.api.Connector;
import io.segmentdo.api.Delivery;
import io.segmentdo.api.Destination;
import io.segmentdo.api.DestinationContext;
import io.segmentdo.api.HttpConnector;
import io.segmentdo.api.HttpResponse;
import io.segmentdo.api.HttpSender;
import io.segmentdo.api.Json;
import io.segmentdo.api.OutboundEvent;
import io.segmentdo.api.Setting;
import io.segmentdo.api.Settings;
import io.segmentdo.api.Step;
import io.segmentdo.mapping.Mapping;
import io.segmentdo.storage.Jwt;
import io.segmentdo.testkit.TestContext;
import io.segmentdo.testkit.TestEvent;
import io.segmentdo.testkit.TestResponse;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.slf4j.Logger;

/** What the responses of the vendors mean: {@code responses.csv}, one line for each. */
class ResponseTableTest {
    private static final NamedDestinations DESTINATIONS = NamedDestinations.read();

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
        Map<String, Object> payload = new HashMap<>();
        Map<String, Object> mapping = new HashMap<>(
                destination.descriptor().findAction(action).orElseThrow().mapping());
        mapping.putAll(EXTRA.getOrDefault(action, Map.of()));
        if (Mapping.compile(mapping).apply(fields) instanceof Map<?, ?> members) {
            members.forEach((name, value) -> payload.put(String.valueOf(name), value));
        }
        return TestEvent.of(fields).action(action).payload(payload);
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
