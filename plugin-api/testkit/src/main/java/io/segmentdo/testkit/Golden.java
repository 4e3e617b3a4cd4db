package io.segmentdo.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.segmentdo.api.BlockingConnector;
import io.segmentdo.api.Connector;
import io.segmentdo.api.Delivery;
import io.segmentdo.api.Destination;
import io.segmentdo.api.HttpConnector;
import io.segmentdo.api.HttpRequest;
import io.segmentdo.api.OutboundEvent;
import io.segmentdo.api.SettingsException;
import io.segmentdo.api.Step;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/**
 * Cases in folders, {@code src/test/golden/<destination>/<action>/<claim>/}: {@code event.json} (one event, or an array
 * for a batch) and {@code settings.json} go in; {@code request.json} comes out, or {@code problems.txt} where settings or
 * event are refused. A connector that waits for answers gets those of {@code responses.json}, a list of {@code status} and
 * {@code body}; its outcomes come out too. {@code -Dgolden.update} writes what comes out, for a reviewer to read as a diff.
 *
 * <p>In a test class: {@code @TestFactory Stream<DynamicTest> golden() { return Golden.cases(new MyDestination()); }}
 */
public final class Golden {
    private static final ObjectMapper MAPPER = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
    private static final Path ROOT = Path.of("src/test/golden");

    private final Destination destination;
    private final Path folder;

    private Golden(Destination destination, Path folder) {
        this.destination = destination;
        this.folder = folder;
    }

    /** One test for each case of a destination. */
    public static Stream<DynamicTest> cases(Destination destination) throws IOException {
        Path root = ROOT.resolve(destination.descriptor().id());
        try (Stream<Path> files = Files.walk(root)) {
            List<Path> folders = files.filter(file -> file.endsWith("settings.json"))
                    .map(file -> root.resolve(root.relativize(file)).resolveSibling("."))
                    .map(Path::normalize)
                    .sorted()
                    .toList();
            return folders.stream()
                    .map(folder -> DynamicTest.dynamicTest(
                            root.relativize(folder).toString(), () -> new Golden(destination, folder).check()));
        }
    }

    private void check() throws IOException {
        String file = "request.json";
        String actual;
        try {
            actual = MAPPER.writeValueAsString(requests()) + "\n";
        } catch (SettingsException e) {
            file = "problems.txt";
            actual = String.join("\n", e.problems()) + "\n";
        }
        Path expected = folder.resolve(file);
        if (System.getProperty("golden.update") != null) {
            Files.writeString(expected, actual);
        }
        assertThat(actual).as(expected.toString()).isEqualTo(Files.readString(expected));
    }

    private JsonNode requests() throws IOException {
        Map<String, Object> settings = new LinkedHashMap<>();
        MAPPER.readTree(folder.resolve("settings.json").toFile())
                .properties()
                .forEach(entry -> settings.put(entry.getKey(), MAPPER.convertValue(entry.getValue(), Object.class)));
        ArrayNode all = MAPPER.createArrayNode();
        List<TestResponse> responses = responses();
        TestContext context = TestContext.sending(request -> {
            all.add(describe(request));
            return responses.isEmpty() ? TestResponse.of(200) : responses.removeFirst();
        });
        try (Connector connector = new Fixture(destination, settings).connect(context)) {
            switch (connector) {
                case HttpConnector http -> http.steps(events()).forEach(step -> all.add(describe(step)));
                case BlockingConnector blocking ->
                    blocking.deliver(events()).forEach(outcome -> all.add(describe(outcome)));
            }
        }
        return all.size() == 1 ? all.get(0) : all;
    }

    /** What a connector that waits for answers gets, one after another; after the last of them an empty 200. */
    private List<TestResponse> responses() throws IOException {
        List<TestResponse> responses = new ArrayList<>();
        Path file = folder.resolve("responses.json");
        if (Files.exists(file)) {
            for (JsonNode one : MAPPER.readTree(file.toFile())) {
                responses.add(TestResponse.of(one.path("status").asInt(200))
                        .body(one.path("body").toString()));
            }
        }
        return responses;
    }

    private List<OutboundEvent> events() throws IOException {
        String action = folder.getName(folder.getNameCount() - 2).toString();
        String id = destination.descriptor().findAction(action).isPresent() ? action : "";
        JsonNode event = MAPPER.readTree(folder.resolve("event.json").toFile());
        List<OutboundEvent> events = new ArrayList<>();
        for (JsonNode one : event.isArray() ? event : List.of(event)) {
            events.add(TestEvent.ofJson(MAPPER.writer()
                            .without(SerializationFeature.INDENT_OUTPUT)
                            .writeValueAsBytes(one))
                    .action(id));
        }
        return events;
    }

    private static JsonNode describe(HttpRequest request) {
        ObjectNode node = MAPPER.createObjectNode();
        node.put("method", request.method()).put("url", request.uri().toString());
        ObjectNode headers = node.putObject("headers");
        request.headers().forEach(headers::put);
        String body = new String(request.body(), StandardCharsets.UTF_8);
        try {
            node.set("body", MAPPER.readTree(body));
        } catch (IOException e) {
            node.put("body", body);
        }
        return node;
    }

    private static JsonNode describe(Step step) {
        return switch (step) {
            case Step.Send send -> describe(send.request());
            case Step.Settle settle -> describe(settle.outcome());
        };
    }

    private static JsonNode describe(Delivery outcome) {
        return MAPPER.createObjectNode().put("settled", outcome.toString());
    }
}
