package io.segmentdo.connector;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The published schema is what the loader asks for; {@code -Dreference.update=true} writes it anew. */
class ConnectorSchemaTest {
    private static final Path PUBLISHED = Path.of("..", "docs", "connector.schema.json");
    private static final ObjectMapper MAPPER = new ObjectMapper()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS);

    @Test
    void thePublishedSchemaIsThatOfTheLoader() throws IOException {
        String schema = MAPPER.writeValueAsString(schema()) + "\n";

        if (Boolean.getBoolean("reference.update")) {
            Files.writeString(PUBLISHED, schema);
        }

        assertThat(Files.readString(PUBLISHED)).isEqualTo(schema);
    }

    @Test
    void theLoaderWasAskedAboutEveryKey() {
        assertThat(asked().unknown("")).isEmpty();
    }

    @Test
    void aConnectorFitsTheSchemaAndOneWithFaultsDoesNot() {
        var root = new SchemaCheck(schema());

        assertThat(root.problems(value("""
            {"id": "a", "settings": {"key": {"type": "secret", "required": true}},
             "auth": {"bearer": {"@settings": "key"}},
             "actions": [{"name": "b", "subscribe": "type = \\"track\\"",
               "fields": {"email": {"type": "text", "default": {"@path": "$.email"}}},
               "batch": {"maxItems": 5, "maxWait": "1s"},
               "request": {"url": "https://api.example", "body": {"json": {"a": [{"@items": true}]}}},
               "response": [{"status": [200, "4xx"], "class": "delivered"}]}]}\
            """))).isEmpty();
        assertThat(root.problems(value("""
            {"id": "a", "colour": "red", "settings": {"key": {"type": "password"}},
             "actions": [{"name": "b", "fields": {"a": {"required": "yes and no", "min": 0}},
               "batch": {"maxWait": "soon"}, "request": {"methods": "GET"}}]}\
            """)))
                .containsExactlyInAnyOrder(
                        "/colour",
                        "/settings/key/type",
                        "/actions/0/batch/maxWait",
                        "/actions/0/request/methods",
                        "/actions/0/fields/a/min");
        assertThat(root.problems(value("{\"id\": \"a\"}"))).containsExactly("/actions");
    }

    @Test
    void theConnectorsThatComeWithThePlatformFitTheSchema() throws IOException {
        var root = new SchemaCheck(schema());
        List<Path> files;
        try (Stream<Path> found = Files.walk(Path.of("..", "plugins"), 7)) {
            files = found.filter(file -> file.toString().endsWith(".yaml"))
                    .filter(file -> file.toString().contains("src/main/resources/META-INF/segmentdo"))
                    .toList();
        }

        assertThat(files).isNotEmpty().allSatisfy(file -> {
            Object connector = new Load(LoadSettings.builder()
                            .setMaxAliasesForCollections(1000)
                            .build())
                    .loadFromString(Files.readString(file));
            assertThat(root.problems(connector)).as(file.toString()).isEmpty();
        });
    }

    private static SchemaNode asked() {
        var schema = new SchemaNode();
        for (String document : resource("every-construct.yaml").split("\n---\n", -1)) {
            try {
                DeclaredDestination.read(
                        YamlFile.read("every-construct.yaml", document, schema),
                        ConnectorSchemaTest.class.getClassLoader());
            } catch (InvalidConnectorException parts) {
                assertThat(parts.problems())
                        .noneMatch(problem -> problem.expectation().startsWith("one of id, name"));
            }
        }
        return schema;
    }

    private static Map<String, Object> schema() {
        return asked().schema("segment.do connector", List.of("id", "actions"));
    }

    private static String resource(String name) {
        try (InputStream in = Objects.requireNonNull(ConnectorSchemaTest.class.getResourceAsStream(name), name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Object value(String json) {
        try {
            return MAPPER.readValue(json, Object.class);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As much of JSON Schema as the published one uses. */
    private record SchemaCheck(Map<String, Object> root) {
        List<String> problems(Object value) {
            return problems(root, value, "");
        }

        private List<String> problems(Map<?, ?> schema, Object value, String path) {
            List<String> problems = new ArrayList<>();
            if (schema.containsKey("$ref")) {
                return List.of(); // the only one is that of mappings, where anything goes
            }
            if (schema.get("anyOf") instanceof List<?> alternatives) {
                List<List<String>> all = alternatives.stream()
                        .map(one -> problems((Map<?, ?>) one, value, path))
                        .toList();
                // the alternative that went furthest tells most
                return all.stream()
                        .min((a, b) ->
                                Integer.compare(a.contains(path) ? 1000 : a.size(), b.contains(path) ? 1000 : b.size()))
                        .orElseThrow();
            }
            boolean fits = switch (String.valueOf(schema.get("type"))) {
                case "object" -> value instanceof Map<?, ?>;
                case "array" -> value instanceof List<?>;
                case "string" ->
                    value instanceof String text
                            && (!(schema.get("pattern") instanceof String pattern) || text.matches(pattern));
                case "integer" ->
                    value instanceof Integer number
                            && (!(schema.get("minimum") instanceof Integer least) || number >= least);
                case "boolean" -> value instanceof Boolean;
                default -> true;
            };
            if (!fits || (schema.get("enum") instanceof List<?> words && !words.contains(value))) {
                return List.of(path);
            }
            if (value instanceof Map<?, ?> map && schema.get("type") != null) {
                Map<Object, Object> properties = new LinkedHashMap<>();
                if (schema.get("properties") instanceof Map<?, ?> known) {
                    properties.putAll(known);
                }
                map.forEach((key, member) -> {
                    Object part = properties.getOrDefault(key, schema.get("additionalProperties"));
                    if (part instanceof Map<?, ?> inner) {
                        problems.addAll(problems(inner, member, path + "/" + key));
                    } else if (Boolean.FALSE.equals(part)) {
                        problems.add(path + "/" + key);
                    }
                });
                if (schema.get("required") instanceof List<?> required) {
                    required.stream()
                            .filter(key -> !map.containsKey(key))
                            .forEach(key -> problems.add(path + "/" + key));
                }
            }
            if (value instanceof List<?> list && schema.get("items") instanceof Map<?, ?> items) {
                for (int i = 0; i < list.size(); i++) {
                    problems.addAll(problems(items, list.get(i), path + "/" + i));
                }
            }
            return problems;
        }
    }
}
