package io.segmentdo.mapping;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Lists and objects. */
final class ListFunctions {
    private static final String INDEX = "index";
    private static final int NAME_CHARS_MAX = 40;

    private ListFunctions() {}

    static void addTo(Map<String, Directive> directives) {
        directives.put("@map", ListFunctions::map);
        directives.put("@bound", ListFunctions::bound);
        directives.put("@index", (argument, site) -> scope -> scope.bindings().getOrDefault(INDEX, Absent.ABSENT));
        directives.put("@entries", ListFunctions::entries);
        directives.put("@object", ListFunctions::object);
        directives.put("@pick", (argument, site) -> select(argument, site, true));
        directives.put("@omit", (argument, site) -> select(argument, site, false));
        directives.put("@count", Functions.ofValue(ListFunctions::count));
    }

    private static int count(Object value) {
        return switch (value) {
            case List<?> list -> list.size();
            case Map<?, ?> map -> map.size();
            default -> 1;
        };
    }

    /**
     * {@code {list, shape, where}}: each item, with paths starting from it, that {@code where} takes. A single value is a
     * list of one; items whose shape is missing are left out. Inside, {@code @index} is the item's place, from 0,
     * and further inside the item has the name {@code as}.
     */
    private static Expression map(@Nullable Object argument, MappingSite site) {
        var arguments = DirectiveArguments.of(argument, site, "list", "shape", "where", "as");
        Expression list = arguments.required("list");
        Expression shape = arguments.has("shape") ? arguments.required("shape") : Scope::root;
        Expression where = arguments.has("where") ? arguments.required("where") : scope -> true;
        boolean isNumbered = mentionsIndex(argument);
        String as = arguments.text("as", "", 1, NAME_CHARS_MAX);
        return Functions.applyInScope(list, (found, scope) -> {
            var results = new ArrayList<@Nullable Object>();
            int index = 0;
            for (Object item : found instanceof List<?> many ? many : List.of(found)) {
                Scope inner = scope.at(item);
                inner = isNumbered ? inner.with(INDEX, index) : inner;
                inner = as.isEmpty() ? inner : inner.with(as, item);
                index++;
                if (!JsValues.isFalsy(where.evaluate(inner))) {
                    Object shaped = shape.evaluate(inner);
                    if (shaped != Absent.ABSENT) {
                        results.add(shaped);
                    }
                }
            }
            return results;
        });
    }

    /** A path of which the first part is the name that an outer {@code @map} gave to its item with {@code as}. */
    private static Expression bound(@Nullable Object argument, MappingSite site) {
        if (!(argument instanceof String text) || text.isEmpty()) {
            return site.problem(argument, "a name, and a path from there");
        }
        Path path = Path.of(text);
        Path rest = path.rest();
        return scope -> scope.bindings().containsKey(path.first())
                ? rest.find(scope.bindings().get(path.first()))
                : Absent.ABSENT;
    }

    private static boolean mentionsIndex(@Nullable Object value) {
        return switch (value) {
            case Map<?, ?> map ->
                map.containsKey("@index") || map.values().stream().anyMatch(ListFunctions::mentionsIndex);
            case List<?> list -> list.stream().anyMatch(ListFunctions::mentionsIndex);
            case String text -> text.contains("{{" + INDEX + "}}");
            case null -> false;
            default -> false;
        };
    }

    /** An object as list of {@code {key, value}}. */
    private static Expression entries(@Nullable Object argument, MappingSite site) {
        return Functions.apply(site.compile(argument), found -> {
            var entries = new ArrayList<Object>();
            if (found instanceof Map<?, ?> map) {
                map.forEach((key, value) -> {
                    var entry = new LinkedHashMap<String, @Nullable Object>();
                    entry.put("key", key);
                    entry.put("value", value);
                    entries.add(entry);
                });
            }
            return entries;
        });
    }

    /** {@code {list, key, value}}: an object from a list, where key and value start from the item. */
    private static Expression object(@Nullable Object argument, MappingSite site) {
        var arguments = DirectiveArguments.of(argument, site, "list", "key", "value");
        Expression list = arguments.required("list");
        Expression key = arguments.required("key");
        Expression value = arguments.required("value");
        return Functions.applyInScope(list, (found, scope) -> {
            var object = new LinkedHashMap<String, @Nullable Object>();
            for (Object item : found instanceof List<?> many ? many : List.of(found)) {
                Object name = key.evaluate(scope.at(item));
                Object member = value.evaluate(scope.at(item));
                if (Absent.isPresent(name) && member != Absent.ABSENT) {
                    object.put(JsValues.text(name), member);
                }
            }
            return object;
        });
    }

    /** {@code {value, keys: […]}}: an object with, or without, some members. */
    private static Expression select(@Nullable Object argument, MappingSite site, boolean keep) {
        var arguments = DirectiveArguments.of(argument, site, "value", "keys");
        Expression value = arguments.required("value");
        Set<String> keys = new TreeSet<>();
        if (arguments.raw("keys") instanceof List<?> list) {
            list.forEach(key -> keys.add(String.valueOf(key)));
        } else {
            arguments.at("keys").problem(arguments.raw("keys"), "a list of names");
        }
        return Functions.apply(value, found -> {
            if (!(found instanceof Map<?, ?> map)) {
                return Absent.ABSENT;
            }
            var selected = new LinkedHashMap<String, @Nullable Object>();
            map.forEach((key, member) -> {
                if (keys.contains(String.valueOf(key)) == keep) {
                    selected.put(String.valueOf(key), member);
                }
            });
            return selected;
        });
    }
}
