package io.segmentdo.mapping;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A place in a mapping while it is compiled: knows its path, collects problems, compiles what stands below it.
 *
 * <p>Confined to its thread.
 */
final class MappingSite {
    /** Levels of nesting in a mapping. */
    static final int DEPTH_MAX = 64;

    private static final Expression NOTHING = scope -> Absent.ABSENT;

    private final Map<String, Directive> directives;
    private final List<MappingProblem> problems;
    private final String path;
    private final int depth;
    private final boolean keepsAbsent;

    MappingSite(Map<String, Directive> directives, List<MappingProblem> problems) {
        this(directives, problems, "", 0, false);
    }

    private MappingSite(
            Map<String, Directive> directives,
            List<MappingProblem> problems,
            String path,
            int depth,
            boolean keepsAbsent) {
        this.directives = directives;
        this.problems = problems;
        this.path = path;
        this.depth = depth;
        this.keepsAbsent = keepsAbsent;
    }

    /** The place one level below. */
    MappingSite at(Object key) {
        return new MappingSite(directives, problems, path + "/" + key, depth + 1, keepsAbsent);
    }

    /** The same place, with or without members that resolve to nothing kept for a later merge. */
    MappingSite keepingAbsent(boolean keeps) {
        return new MappingSite(directives, problems, path, depth, keeps);
    }

    /** Whether objects keep members that resolve to nothing. */
    boolean keepsAbsent() {
        return keepsAbsent;
    }

    /** Reports a fault here, and stands in for what cannot be compiled. */
    Expression problem(@Nullable Object value, String expectation) {
        problems.add(new MappingProblem(path.isEmpty() ? "/" : path, value, expectation));
        return NOTHING;
    }

    /** The same place, whose problems nobody hears of because a graver one was reported. */
    MappingSite unheard() {
        return new MappingSite(directives, new ArrayList<>(), path, depth, keepsAbsent);
    }

    /** Compiles any value: directive, object, list or literal. */
    Expression compile(@Nullable Object value) {
        if (depth > DEPTH_MAX) {
            return problem(null, "at most " + DEPTH_MAX + " levels");
        }
        return switch (value) {
            case Map<?, ?> map -> isDirective(map) ? directive(map) : object(map);
            case List<?> list -> list(list);
            case null -> scope -> value;
            default -> scope -> value;
        };
    }

    /** Whether an object is a directive, possibly a faulty one. */
    static boolean isDirective(@Nullable Object value) {
        return value instanceof Map<?, ?> map
                && map.keySet().stream().anyMatch(key -> key instanceof String name && name.startsWith("@"));
    }

    private Expression directive(Map<?, ?> map) {
        String name = "";
        for (Object key : map.keySet()) {
            String text = String.valueOf(key);
            if (text.startsWith("@") && name.isEmpty()) {
                name = text;
            } else if (!text.equals("_metadata")) {
                return problem(text, "one key starting with @, and beside it nothing but _metadata");
            }
        }
        Directive directive = directives.get(name);
        if (directive == null) {
            return problem(name, "a known directive");
        }
        return directive.compile(map.get(name), at(name));
    }

    private Expression object(Map<?, ?> map) {
        var keys = new String[map.size()];
        var values = new Expression[map.size()];
        int index = 0;
        for (Map.Entry<?, ?> member : map.entrySet()) {
            keys[index] = String.valueOf(member.getKey());
            // only the members of the object itself can be overridden by a merge
            values[index] = at(keys[index]).keepingAbsent(false).compile(member.getValue());
            index++;
        }
        boolean keeps = keepsAbsent;
        return scope -> {
            var result = LinkedHashMap.<String, @Nullable Object>newLinkedHashMap(keys.length);
            for (int i = 0; i < keys.length; i++) {
                // nearly all members are paths: said like this, the compiler need not guess which code comes
                Object value = values[i] instanceof Path path ? path.find(scope.root()) : values[i].evaluate(scope);
                if (value != Absent.ABSENT || keeps) {
                    result.put(keys[i], value);
                }
            }
            return result;
        };
    }

    private Expression list(List<?> list) {
        var elements = new Expression[list.size()];
        for (int i = 0; i < elements.length; i++) {
            elements[i] = at(i).compile(list.get(i));
        }
        return scope -> {
            var result = new ArrayList<@Nullable Object>(elements.length);
            for (Expression element : elements) {
                result.add(Absent.toNull(element.evaluate(scope)));
            }
            return result;
        };
    }

    /** Compiles a text, or a directive that should give one. */
    Expression compileText(@Nullable Object value) {
        return value instanceof String || isDirective(value) ? compile(value) : problem(value, "a text or a directive");
    }
}
