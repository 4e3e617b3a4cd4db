package io.segmentdo.connector;

import io.segmentdo.mapping.Mapping;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What the loader takes at one place of a connector file, noted down while it reads, and written as JSON Schema. So the
 * schema says what the loader does, and nothing else. Confined to its thread.
 */
final class SchemaNode {
    /** The kinds of values, as JSON Schema says them. */
    enum Kind {
        TEXT,
        TEXT_OR_EMPTY,
        COUNT,
        FLAG,
        DURATION,
        STATUSES,
        MAPPING,
        MAPPINGS,
        PLAIN;

        private Map<String, Object> schema() {
            Map<String, Object> mapping = Map.of("$ref", "#/$defs/mapping");
            return switch (this) {
                case TEXT -> Map.of("type", "string", "minLength", 1);
                case TEXT_OR_EMPTY -> Map.of("type", "string");
                case COUNT -> Map.of("type", "integer", "minimum", 1);
                case FLAG -> Map.of("type", "boolean");
                case DURATION -> Map.of("type", "string", "pattern", "^\\d{1,6}(ms|s|m|h)$");
                case STATUSES ->
                    Map.of("type", "array", "items", Map.of("type", "integer", "minimum", 300, "maximum", 599));
                case MAPPING -> mapping;
                case MAPPINGS -> Map.of("type", "array", "items", mapping);
                case PLAIN -> Map.of();
            };
        }
    }

    private final Map<String, SchemaNode> members = new LinkedHashMap<>();
    private final Set<Kind> kinds = new TreeSet<>();
    private final Set<String> words = new LinkedHashSet<>();
    private @Nullable Set<String> known;
    private @Nullable SchemaNode others;
    private @Nullable SchemaNode elements;
    private boolean isObject;

    /** The place of a member. */
    SchemaNode member(String key) {
        isObject = true;
        SchemaNode free = others;
        return free != null ? free : members.computeIfAbsent(key, name -> new SchemaNode());
    }

    /** The place of every member, because their names are the author's. */
    SchemaNode anyMember() {
        isObject = true;
        SchemaNode free = others;
        if (free == null) {
            free = new SchemaNode();
            others = free;
        }
        return free;
    }

    /** The place of the objects of a list. */
    SchemaNode element() {
        SchemaNode element = elements;
        if (element == null) {
            element = new SchemaNode();
            elements = element;
        }
        return element;
    }

    void takes(Kind kind) {
        kinds.add(kind);
    }

    void takes(String... choices) {
        words.addAll(List.of(choices));
    }

    /** Members other than these are faults. */
    void knows(String... keys) {
        isObject = true;
        Set<String> all = known == null ? new LinkedHashSet<>() : known;
        all.addAll(List.of(keys));
        known = all;
    }

    /** A member here is like the same member there. */
    void share(String key, SchemaNode there) {
        isObject = true;
        members.put(key, there.member(key));
    }

    /** Members that are allowed but of which nothing is known. */
    List<String> unknown(String path) {
        List<String> unknown = new ArrayList<>();
        Set<String> keys = known;
        if (keys != null) {
            keys.stream().filter(key -> !members.containsKey(key)).forEach(key -> unknown.add(path + "/" + key));
        }
        members.forEach((key, member) -> unknown.addAll(member.unknown(path + "/" + key)));
        if (others != null) {
            unknown.addAll(others.unknown(path + "/*"));
        }
        if (elements != null) {
            unknown.addAll(elements.unknown(path + "/0"));
        }
        return unknown;
    }

    /** The whole, of which this is the outermost place. */
    Map<String, Object> schema(String title, List<String> required) {
        Map<String, Object> whole = new LinkedHashMap<>();
        whole.put("$schema", "https://json-schema.org/draft/2020-12/schema");
        whole.put("title", title);
        whole.putAll(part(0));
        whole.put("required", required);
        whole.put("$defs", Map.of("mapping", mapping()));
        return whole;
    }

    /** Any value; what starts with {@code @} is a directive. */
    private static Map<String, Object> mapping() {
        Map<String, Object> directives = new TreeMap<>();
        Mapping.directiveNames().forEach(name -> directives.put(name, Map.of()));
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("description", "A value with directives in it.");
        schema.put("properties", directives);
        schema.put("additionalProperties", Map.of("$ref", "#/$defs/mapping"));
        schema.put("items", Map.of("$ref", "#/$defs/mapping"));
        return schema;
    }

    private Map<String, Object> part(int level) {
        List<Map<String, Object>> alternatives = new ArrayList<>();
        kinds.forEach(kind -> alternatives.add(kind.schema()));
        if (!words.isEmpty()) {
            alternatives.add(Map.of("enum", List.copyOf(words)));
        }
        if (elements != null) {
            alternatives.add(Map.of("type", "array", "items", elements.part(level + 1)));
        }
        // a field may have members that are fields: deeper than this, anything goes
        if (isObject && level < 12) {
            alternatives.add(object(level));
        }
        if (alternatives.size() == 1) {
            return alternatives.getFirst();
        }
        return alternatives.isEmpty() || alternatives.contains(Map.<String, Object>of())
                ? Map.of()
                : Map.of("anyOf", alternatives);
    }

    private Map<String, Object> object(int level) {
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("type", "object");
        Map<String, Object> properties = new LinkedHashMap<>();
        Set<String> keys = known == null ? members.keySet() : known;
        for (String key : keys) {
            SchemaNode member = members.get(key);
            properties.put(key, member == null ? Map.of() : member.part(level + 1));
        }
        if (!properties.isEmpty()) {
            schema.put("properties", properties);
        }
        if (others != null) {
            schema.put("additionalProperties", others.part(level + 1));
        } else if (known != null) {
            schema.put("additionalProperties", false);
        }
        return schema;
    }
}
