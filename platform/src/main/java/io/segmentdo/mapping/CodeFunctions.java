package io.segmentdo.mapping;

import com.dashjoin.jsonata.JException;
import com.dashjoin.jsonata.Jsonata;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The two ways out of directives, for authors of connectors only: an expression language, and code. */
final class CodeFunctions {
    /** Where functions written in Java are bound. */
    static final String FUNCTIONS = "fn";

    private static final long MILLIS_MAX = 200;
    private static final int DEPTH_MAX = 200;
    private static final int LEVELS_MAX = 64;

    private CodeFunctions() {}

    static void addTo(Map<String, Directive> directives) {
        directives.put("@jsonata", CodeFunctions::jsonata);
        directives.put("@fn", CodeFunctions::function);
    }

    /** A JSONata expression; it sees what paths see, and bound values as variables. Bounded in time and depth. */
    private static Expression jsonata(@Nullable Object argument, MappingSite site) {
        if (!(argument instanceof String text)) {
            return site.problem(argument, "a JSONata expression");
        }
        Jsonata compiled;
        try {
            compiled = Jsonata.jsonata(text);
        } catch (JException invalid) {
            return site.problem(text, "a JSONata expression: " + invalid.getMessage());
        }
        return scope -> {
            Jsonata.Frame frame = compiled.createFrame();
            frame.setRuntimeBounds(MILLIS_MAX, DEPTH_MAX);
            scope.bindings().forEach((name, value) -> frame.bind(name, plain(value, 0)));
            try {
                Object result = compiled.evaluate(plain(scope.root(), 0), frame);
                return result == null ? Absent.ABSENT : plain(result, 0);
            } catch (JException failed) {
                // its message would repeat parts of the event
                throw new MappingException("@jsonata failed: " + failed.getError());
            }
        };
    }

    /** A value as JSON has it; also takes JSONata's own kinds of lists out of its results. */
    private static @Nullable Object plain(@Nullable Object value, int level) {
        if (level > LEVELS_MAX) {
            throw new MappingException("a value of more than " + LEVELS_MAX + " levels");
        }
        return switch (value) {
            case null -> null;
            case Map<?, ?> map -> {
                var members = new LinkedHashMap<String, @Nullable Object>();
                map.forEach((key, member) -> members.put(String.valueOf(key), plain(member, level + 1)));
                yield members;
            }
            case List<?> list -> {
                var elements = new ArrayList<@Nullable Object>();
                list.forEach(element -> elements.add(plain(element, level + 1)));
                yield elements;
            }
            case String text -> TextLimit.check(text);
            case Number number -> number;
            case Boolean truth -> truth;
            default -> value.toString();
        };
    }

    /** {@code {name, value}}: what a function written in Java makes of a value. */
    private static Expression function(@Nullable Object argument, MappingSite site) {
        var arguments = DirectiveArguments.of(argument, site, "name", "value");
        String name = arguments.text("name", "", 1, 100);
        if (name.isEmpty()) {
            return arguments.problem(argument, "the name of a function");
        }
        return Functions.applyInScope(arguments.required("value"), (found, scope) -> {
            if (scope.bindings().get(FUNCTIONS) instanceof Map<?, ?> functions
                    && functions.get(name) instanceof Function<?, ?> function) {
                return call(function, found);
            }
            throw new MappingException("@fn: there is no function " + name);
        });
    }

    @SuppressWarnings("unchecked") // functions of connectors take any value
    private static Object call(Function<?, ?> function, Object value) {
        Object result = ((Function<Object, @Nullable Object>) function).apply(value);
        return result == null ? Absent.ABSENT : result;
    }
}
