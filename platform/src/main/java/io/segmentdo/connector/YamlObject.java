package io.segmentdo.connector;

import io.segmentdo.mapping.InvalidMappingException;
import io.segmentdo.mapping.Mapping;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An object of a connector file while it is read: gives its members in the kinds that are expected, and reports those
 * that are of another kind. What stands in for a faulty member is never used, as a file with problems is refused.
 *
 * <p>Confined to its thread.
 */
final class YamlObject {
    private static final Mapping NOTHING = Mapping.compile(Map.of());

    private static final Pattern DURATION = Pattern.compile("(\\d{1,6})(ms|s|m|h)");

    private final YamlFile file;
    private final String path;
    private final Map<String, @Nullable Object> members;

    /** Where what the loader asks for is noted down. */
    private final SchemaNode schema;

    YamlObject(YamlFile file, String path, Map<String, @Nullable Object> members, SchemaNode schema) {
        this.file = file;
        this.path = path;
        this.members = members;
        this.schema = schema;
    }

    SchemaNode schema() {
        return schema;
    }

    /** Reports every member that is not one of these. */
    YamlObject allow(String... known) {
        schema.knows(known);
        members.forEach((key, value) -> {
            if (!List.of(known).contains(key)) {
                file.problem(path + "/" + key, key, "one of " + String.join(", ", known));
            }
        });
        return this;
    }

    List<ConnectorProblem> problems() {
        return file.problems();
    }

    boolean has(String key) {
        return members.containsKey(key);
    }

    Set<String> keys() {
        return members.keySet();
    }

    /** The names of its members, which are the author's own. */
    Set<String> names() {
        schema.anyMember();
        return members.keySet();
    }

    /** A member of any kind. */
    @Nullable
    Object raw(String key) {
        return members.get(key);
    }

    /** A member that may also be of a kind that the loader looks at by itself. */
    YamlObject takes(String key, SchemaNode.Kind kind) {
        schema.member(key).takes(kind);
        return this;
    }

    void problem(String key, String expectation) {
        file.problem(path + "/" + key, members.get(key), expectation);
    }

    /** A required text. */
    String text(String key) {
        schema.member(key).takes(SchemaNode.Kind.TEXT);
        if (members.get(key) instanceof String text && !text.isBlank()) {
            return text;
        }
        problem(key, "a text");
        return "";
    }

    /** A text, which may be empty, or another one where none is given. */
    String text(String key, String otherwise) {
        schema.member(key).takes(SchemaNode.Kind.TEXT_OR_EMPTY);
        return !has(key) ? otherwise : members.get(key) instanceof String text ? text : text(key);
    }

    /** One of some words; the first one where none is given. */
    String choice(String key, String... words) {
        schema.member(key).takes(words);
        if (!has(key)) {
            return words[0];
        }
        if (members.get(key) instanceof String text && List.of(words).contains(text)) {
            return text;
        }
        problem(key, "one of " + String.join(", ", words));
        return words[0];
    }

    /** A whole number from 1. */
    int count(String key, int otherwise) {
        schema.member(key).takes(SchemaNode.Kind.COUNT);
        if (!has(key)) {
            return otherwise;
        }
        if (members.get(key) instanceof Integer number && number >= 1) {
            return number;
        }
        problem(key, "a whole number from 1");
        return otherwise;
    }

    /** A duration of more than nothing. */
    Duration span(String key, Duration otherwise) {
        Duration span = duration(key, otherwise);
        if (span.isZero()) {
            problem(key, "a duration of more than nothing");
            return otherwise;
        }
        return span;
    }

    /** A duration such as {@code 500ms}, {@code 2s}, {@code 1m} or {@code 1h}. */
    Duration duration(String key, Duration otherwise) {
        schema.member(key).takes(SchemaNode.Kind.DURATION);
        if (!has(key)) {
            return otherwise;
        }
        Matcher matcher = DURATION.matcher(String.valueOf(members.get(key)));
        if (!matcher.matches()) {
            problem(key, "a duration such as 500ms, 2s, 1m or 1h");
            return otherwise;
        }
        long amount = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(amount);
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            default -> Duration.ofHours(amount);
        };
    }

    /** A list of statuses that are no success; none where none is given. */
    Set<Integer> statuses(String key) {
        schema.member(key).takes(SchemaNode.Kind.STATUSES);
        Set<Integer> statuses = new LinkedHashSet<>();
        for (Object status : members.get(key) instanceof List<?> list ? list : List.of()) {
            if (status instanceof Integer code && code >= 300 && code <= 599) {
                statuses.add(code);
            } else {
                problem(key, "a list of statuses such as 404");
            }
        }
        if (has(key) && statuses.isEmpty()) {
            problem(key, "a list of statuses such as 404");
        }
        return statuses;
    }

    boolean flag(String key) {
        schema.member(key).takes(SchemaNode.Kind.FLAG);
        if (has(key) && !(members.get(key) instanceof Boolean)) {
            problem(key, "true or false");
        }
        return Boolean.TRUE.equals(members.get(key));
    }

    /** An object; an empty one where none is given. */
    YamlObject object(String key) {
        var inner = new LinkedHashMap<String, @Nullable Object>();
        if (members.get(key) instanceof Map<?, ?> map) {
            map.forEach((name, value) -> inner.put(String.valueOf(name), value));
        } else if (has(key)) {
            problem(key, "an object");
        }
        return new YamlObject(file, path + "/" + key, inner, schema.member(key));
    }

    /** The members of this, and those of another one that this does not have. */
    YamlObject over(YamlObject other) {
        var all = new LinkedHashMap<String, @Nullable Object>(other.members);
        all.putAll(members);
        return new YamlObject(file, path, all, schema);
    }

    /**
     * This with a member of another one: where both are objects or lists with the other's members first, else where this
     * has none.
     */
    YamlObject filledFrom(YamlObject other, String key) {
        other.schema.share(key, schema);
        @Nullable Object mine = members.get(key);
        @Nullable Object theirs = other.members.get(key);
        if (theirs == null) {
            return this;
        }
        var all = new LinkedHashMap<String, @Nullable Object>(members);
        if (mine instanceof List<?> own && theirs instanceof List<?> shared) {
            // the first response rule that fits decides, so the own ones come first there
            var both = new ArrayList<@Nullable Object>(key.equals("response") ? own : shared);
            both.addAll(key.equals("response") ? shared : own);
            all.put(key, both);
        } else if (key.equals("let") && mine instanceof Map<?, ?> own && theirs instanceof Map<?, ?> shared) {
            var both = new LinkedHashMap<Object, @Nullable Object>(shared);
            both.putAll(own);
            all.put(key, both);
        } else {
            all.putIfAbsent(key, theirs);
        }
        return new YamlObject(file, path, all, schema);
    }

    /** An object with one member of this under another name. */
    YamlObject renamed(String key, String name) {
        var single = new LinkedHashMap<String, @Nullable Object>();
        single.put(name, members.get(key));
        return new YamlObject(file, path + "/" + key, single, new SchemaNode());
    }

    /** Each member, which must be an object, with its name. */
    void eachObject(BiConsumer<String, YamlObject> reader) {
        names().forEach(name -> reader.accept(name, object(name)));
    }

    /** The objects of a list; none where none is given. */
    List<YamlObject> objects(String key) {
        var objects = new ArrayList<YamlObject>();
        SchemaNode element = schema.member(key).element();
        if (members.get(key) instanceof List<?> list) {
            for (int i = 0; i < list.size(); i++) {
                if (list.get(i) instanceof Map<?, ?> map) {
                    var inner = new LinkedHashMap<String, @Nullable Object>();
                    map.forEach((name, value) -> inner.put(String.valueOf(name), value));
                    objects.add(new YamlObject(file, path + "/" + key + "/" + i, inner, element));
                } else {
                    file.problem(path + "/" + key + "/" + i, list.get(i), "an object");
                }
            }
        } else if (has(key)) {
            problem(key, "a list");
        }
        return objects;
    }

    /** A member with directives in it that may refer to bound values. */
    Mapping mapping(String key, Set<String> names) {
        schema.member(key).takes(SchemaNode.Kind.MAPPING);
        return compiled(members.get(key), path + "/" + key, names);
    }

    /** A path, written as text or as a directive. */
    Mapping path(String key, Set<String> names) {
        schema.member(key).takes(SchemaNode.Kind.MAPPING);
        return members.get(key) instanceof String text
                ? Mapping.compile(Map.of("@path", text.equals("$") ? "." : text))
                : mapping(key, names);
    }

    /** The members of an object, each with directives that may refer to bound values, by name. */
    Map<String, Mapping> namedMappings(String key, Set<String> names) {
        Map<String, Mapping> mappings = new LinkedHashMap<>();
        YamlObject given = object(key);
        given.names().forEach(name -> mappings.put(name, given.mapping(name, names)));
        return mappings;
    }

    /** A list of members with directives. */
    List<Mapping> mappings(String key, Set<String> names) {
        schema.member(key).takes(SchemaNode.Kind.MAPPINGS);
        var mappings = new ArrayList<Mapping>();
        if (members.get(key) instanceof List<?> list) {
            for (int i = 0; i < list.size(); i++) {
                mappings.add(compiled(list.get(i), path + "/" + key + "/" + i, names));
            }
        } else if (has(key)) {
            problem(key, "a list");
        }
        return mappings;
    }

    private Mapping compiled(@Nullable Object value, String place, Set<String> names) {
        try {
            return Mapping.compile(value, names);
        } catch (InvalidMappingException invalid) {
            invalid.problems()
                    .forEach(problem -> file.problem(
                            place + (problem.path().equals("/") ? "" : problem.path()),
                            problem.value(),
                            problem.expectation()));
            return NOTHING;
        }
    }
}
