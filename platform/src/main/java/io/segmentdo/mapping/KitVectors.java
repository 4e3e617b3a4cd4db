package io.segmentdo.mapping;

import io.segmentdo.problem.PlatformException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Replays recorded calls of Segment's mapping kit and subscriptions against this package: the same arguments must give
 * the same results, numbers compared by value, failures as failures.
 *
 * <p>Subscriptions are read as Segment reads them, misreadings included. Safe for concurrent use.
 */
public final class KitVectors {
    private static final Object FAILED = new Object();

    /**
     * The result of a file.
     *
     * @param total how many vectors
     * @param misses those that gave something else
     */
    public record Replay(int total, List<Miss> misses) {
        public Replay {
            misses = List.copyOf(misses);
        }

        /** How many gave the same. */
        public int passed() {
            return total - misses.size();
        }
    }

    /**
     * A vector that gave something else.
     *
     * @param index its place in the file, from 0
     * @param description what it is about
     * @param expected the recorded result
     * @param actual ours
     */
    public record Miss(
            int index,
            String description,
            @Nullable Object expected,
            @Nullable Object actual) {}

    private KitVectors() {}

    /** Whether a parsed file is one of these. */
    public static boolean isKit(Map<String, Object> file) {
        return file.containsKey("subscriptions")
                || (file.get("vectors") instanceof List<?> vectors
                        && !vectors.isEmpty()
                        && vectors.getFirst() instanceof Map<?, ?> first
                        && first.containsKey("fn"));
    }

    /** Replays a parsed file: either {@code vectors}, or {@code subscriptions} against {@code events}. */
    public static Replay replay(Map<String, Object> file) {
        return file.get("subscriptions") instanceof List<?> subscriptions
                ? replayMatrix(subscriptions, list(file.get("events")))
                : replayCalls(list(file.get("vectors")));
    }

    private static Replay replayCalls(List<?> vectors) {
        var misses = new ArrayList<Miss>();
        for (int i = 0; i < vectors.size(); i++) {
            Map<?, ?> vector = (Map<?, ?>) vectors.get(i);
            Object expected = vector.containsKey("expectedError") ? FAILED : decode(vector.get("expected"));
            Object actual;
            try {
                actual = decode(call(vector));
            } catch (PlatformException failure) {
                actual = FAILED;
            }
            if (!same(expected, actual)) {
                misses.add(new Miss(i, vector.get("fn") + ": " + vector.get("description"), expected, actual));
            }
        }
        return new Replay(vectors.size(), misses);
    }

    /** Each pair of a subscription and an event counts as one vector. */
    private static Replay replayMatrix(List<?> subscriptions, List<?> events) {
        var misses = new ArrayList<Miss>();
        for (int i = 0; i < subscriptions.size(); i++) {
            Map<?, ?> subscription = (Map<?, ?>) subscriptions.get(i);
            String text = String.valueOf(subscription.get("fql"));
            Predicate<Map<String, Object>> fql = matcher(text);
            for (int j = 0; j < events.size(); j++) {
                boolean expected = list(subscription.get("matches")).contains(j);
                boolean actual = fql.test(object(events.get(j)));
                if (expected != actual) {
                    misses.add(new Miss(i * events.size() + j, text, expected, actual));
                }
            }
        }
        return new Replay(subscriptions.size() * events.size(), misses);
    }

    private static Predicate<Map<String, Object>> matcher(String text) {
        try {
            return Fql.compileAsSegment(text)::matches;
        } catch (InvalidFqlException nothingMatches) {
            return event -> false;
        }
    }

    private static @Nullable Object call(Map<?, ?> vector) {
        List<?> arguments = vector.get("args") instanceof List<?> list ? list : List.of();
        return switch (String.valueOf(vector.get("fn"))) {
            case "transform" -> transform(decode(vector.get("mapping")), decode(vector.get("data")));
            case "transformBatch" -> transformAll(decode(vector.get("mapping")), list(decode(vector.get("data"))));
            case "validateMapping" -> {
                Mapping.compile(object(decode(arguments.getFirst())));
                yield null;
            }
            case "get" -> find(decode(arguments.get(0)), arguments.get(1));
            case "render" -> render(argument(arguments, 0), argument(arguments, 1));
            case "flattenObject" -> flatten(arguments);
            case "getLiquidKeys" ->
                List.copyOf(LiquidTemplate.parse(String.valueOf(arguments.getFirst()))
                        .variables());
            case "parseFql" -> parse(String.valueOf(arguments.getFirst()));
            case "generateFql" -> FqlTrees.read(object(arguments.getFirst())).text();
            case "validate" ->
                arguments.get(1) instanceof Map<?, ?> event
                        && FqlTrees.read(object(arguments.getFirst())).compile().test(object(event));
            default -> throw new MappingException("no such function: " + vector.get("fn"));
        };
    }

    private static @Nullable Object transform(@Nullable Object mapping, @Nullable Object data) {
        Mapping compiled = Mapping.compile(mapping instanceof Map<?, ?> ? object(mapping) : Map.of());
        if (data != null && !(data instanceof Map<?, ?>)) {
            throw new MappingException("data must be an object");
        }
        return compiled.apply(data == null ? Map.of() : object(data));
    }

    private static List<@Nullable Object> transformAll(@Nullable Object mapping, List<?> data) {
        Mapping compiled = Mapping.compile(object(mapping));
        var results = new ArrayList<@Nullable Object>();
        data.forEach(event -> results.add(compiled.apply(object(event))));
        return results;
    }

    private static @Nullable Object find(@Nullable Object value, @Nullable Object path) {
        if (path == null) {
            return null;
        }
        String text = path instanceof List<?> keys
                ? String.join(".", keys.stream().map(String::valueOf).toList())
                : path.toString();
        return Absent.toNull(Path.of(text).find(value));
    }

    private static Object render(@Nullable Object template, @Nullable Object data) {
        if (!(template instanceof String text)) {
            throw new MappingException("a template is a text");
        }
        return String.valueOf(Template.parse(text).evaluate(Scope.of(data)));
    }

    private static Map<String, @Nullable Object> flatten(List<?> arguments) {
        var flat = new LinkedHashMap<String, @Nullable Object>();
        String prefix = Objects.toString(argument(arguments, 1), "");
        String separator = Objects.toString(argument(arguments, 2), ".");
        boolean omitLists = Boolean.TRUE.equals(argument(arguments, 3));
        SegmentDirectives.flatten(flat, prefix, argument(arguments, 0), separator, omitLists);
        return flat;
    }

    private static Map<String, @Nullable Object> parse(String text) {
        try {
            return FqlTrees.write(FqlParser.parse(text, FqlReading.SEGMENT));
        } catch (InvalidFqlException invalid) {
            return Map.of("error", Map.of());
        }
    }

    private static @Nullable Object argument(List<?> arguments, int index) {
        return index < arguments.size() ? decode(arguments.get(index)) : null;
    }

    /** Takes out what stands for JavaScript's undefined. */
    private static @Nullable Object decode(@Nullable Object value) {
        return switch (value) {
            case Map<?, ?> map -> {
                if (isUndefined(map)) {
                    yield null;
                }
                var decoded = new LinkedHashMap<String, @Nullable Object>();
                map.forEach((key, member) -> {
                    if (!isUndefined(member)) {
                        decoded.put(String.valueOf(key), decode(member));
                    }
                });
                yield decoded;
            }
            case List<?> list -> {
                var decoded = new ArrayList<@Nullable Object>();
                list.forEach(element -> decoded.add(decode(element)));
                yield decoded;
            }
            case null -> null;
            default -> value;
        };
    }

    private static boolean isUndefined(@Nullable Object value) {
        return value instanceof Map<?, ?> map && map.size() == 1 && map.containsKey("$undefined");
    }

    private static boolean same(@Nullable Object a, @Nullable Object b) {
        if (a instanceof Number x && b instanceof Number y) {
            return x.doubleValue() == y.doubleValue();
        }
        if (a instanceof List<?> x && b instanceof List<?> y) {
            boolean equal = x.size() == y.size();
            for (int i = 0; equal && i < x.size(); i++) {
                equal = same(x.get(i), y.get(i));
            }
            return equal;
        }
        if (a instanceof Map<?, ?> x && b instanceof Map<?, ?> y) {
            return x.keySet().equals(y.keySet())
                    && x.entrySet().stream().allMatch(entry -> same(entry.getValue(), y.get(entry.getKey())));
        }
        return Objects.equals(a, b);
    }

    private static List<?> list(@Nullable Object value) {
        return value instanceof List<?> list ? list : List.of();
    }

    @SuppressWarnings("unchecked") // parsed JSON: the keys of objects are texts
    private static Map<String, Object> object(@Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            return (Map<String, Object>) map;
        }
        throw new MappingException("an object is needed");
    }
}
