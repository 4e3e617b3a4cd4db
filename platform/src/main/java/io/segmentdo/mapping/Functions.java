package io.segmentdo.mapping;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The directives that go beyond Segment's: a library of total functions, none of which loops freely or sees a clock.
 *
 * <p>What is missing or null goes through untouched; a function of texts takes numbers and truth values as texts and a
 * list element by element.
 */
final class Functions {
    private Functions() {}

    /** All of them by name. */
    static Map<String, Directive> all() {
        var directives = new LinkedHashMap<String, Directive>();
        LogicFunctions.addTo(directives);
        ListFunctions.addTo(directives);
        CollectionFunctions.addTo(directives);
        TextFunctions.addTo(directives);
        NumberFunctions.addTo(directives);
        DigestFunctions.addTo(directives);
        DateFunctions.addTo(directives);
        PlaceFunctions.addTo(directives);
        return directives;
    }

    /** A function of one value that is written without named arguments. */
    static Directive ofValue(Function<Object, @Nullable Object> function) {
        return (argument, site) -> apply(site.compile(argument), function);
    }

    /** Applies a function to a value that is there. */
    static Expression apply(Expression value, Function<Object, @Nullable Object> function) {
        return scope -> {
            Object found = value.evaluate(scope);
            return found == null || found == Absent.ABSENT ? found : function.apply(found);
        };
    }

    /** Applies a function to a value that is there, and to the scope. */
    static Expression applyInScope(Expression value, BiFunction<Object, Scope, @Nullable Object> function) {
        return scope -> {
            Object found = value.evaluate(scope);
            return found == null || found == Absent.ABSENT ? found : function.apply(found, scope);
        };
    }

    /** Applies a function of texts to a value, or to each element of a list. */
    static Expression applyToText(Expression value, Function<String, @Nullable Object> function) {
        return apply(value, found -> onText(found, function));
    }

    private static @Nullable Object onText(Object found, Function<String, @Nullable Object> function) {
        if (found instanceof List<?> list) {
            var results = new ArrayList<@Nullable Object>(list.size());
            for (Object element : list) {
                results.add(element == null ? null : Absent.toNull(onText(element, function)));
            }
            return results;
        }
        return found instanceof Map<?, ?> ? Absent.ABSENT : function.apply(JsValues.text(found));
    }
}
