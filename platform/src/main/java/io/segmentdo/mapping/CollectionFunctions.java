package io.segmentdo.mapping;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Questions about lists and objects, and what can be made of several of them. */
final class CollectionFunctions {
    private static final int DEPTH_MAX = 32;

    private CollectionFunctions() {}

    static void addTo(Map<String, Directive> directives) {
        directives.put("@every", (argument, site) -> quantifier(argument, site, true));
        directives.put("@any", (argument, site) -> quantifier(argument, site, false));
        directives.put("@concat", CollectionFunctions::concat);
        directives.put("@compact", Functions.ofValue(CollectionFunctions::compact));
        directives.put("@distinct", CollectionFunctions::distinct);
        directives.put("@sum", Functions.ofValue(CollectionFunctions::sum));
        directives.put("@values", CollectionFunctions::values);
        directives.put("@texts", CollectionFunctions::texts);
        directives.put("@type", (argument, site) -> type(site.compile(argument)));
    }

    /** {@code {list, test}}: whether all, or any, of the items pass; paths start from the item. What is no list has none. */
    private static Expression quantifier(@Nullable Object argument, MappingSite site, boolean all) {
        var arguments = DirectiveArguments.of(argument, site, "list", "test");
        Expression list = arguments.required("list");
        Expression test = arguments.required("test");
        return scope -> {
            if (list.evaluate(scope) instanceof List<?> items) {
                for (Object item : items) {
                    if (JsValues.isFalsy(test.evaluate(scope.at(item))) == all) {
                        return !all;
                    }
                }
            }
            return all;
        };
    }

    /**
     * {@code [a, b, …]}, or a directive that gives such a list: one list of the items of lists and of single values; what is
     * missing or null is left out.
     */
    private static Expression concat(@Nullable Object argument, MappingSite site) {
        var parts = new ArrayList<Expression>();
        if (argument instanceof List<?> list) {
            for (int i = 0; i < list.size(); i++) {
                parts.add(site.at(i).compile(list.get(i)));
            }
        } else {
            Expression lists = site.compile(argument);
            return scope -> {
                var all = new ArrayList<@Nullable Object>();
                if (lists.evaluate(scope) instanceof List<?> given) {
                    given.forEach(part -> addAll(all, part));
                }
                return all;
            };
        }
        return scope -> {
            var all = new ArrayList<@Nullable Object>();
            for (Expression part : parts) {
                addAll(all, part.evaluate(scope));
            }
            return all;
        };
    }

    private static void addAll(List<@Nullable Object> all, @Nullable Object value) {
        if (value instanceof List<?> items) {
            all.addAll(items);
        } else if (Absent.isPresent(value)) {
            all.add(value);
        }
    }

    /** A list without nulls, or an object without members that are null; missing where nothing is left of an object. */
    private static Object compact(Object value) {
        if (value instanceof List<?> list) {
            return list.stream().filter(Absent::isPresent).toList();
        }
        if (value instanceof Map<?, ?> map) {
            var left = new LinkedHashMap<Object, @Nullable Object>();
            map.forEach((key, member) -> {
                if (Absent.isPresent(member)) {
                    left.put(key, member);
                }
            });
            return left.isEmpty() ? Absent.ABSENT : left;
        }
        return value;
    }

    /** {@code {list, by}}: the first item of each kind, where {@code by} starts from the item. */
    private static Expression distinct(@Nullable Object argument, MappingSite site) {
        var arguments = DirectiveArguments.of(argument, site, "list", "by");
        Expression by = arguments.has("by") ? arguments.required("by") : Scope::root;
        return Functions.applyInScope(arguments.required("list"), (found, scope) -> {
            var seen = new LinkedHashSet<@Nullable Object>();
            var kept = new ArrayList<@Nullable Object>();
            for (Object item : found instanceof List<?> list ? list : List.of(found)) {
                if (seen.add(Absent.toNull(by.evaluate(scope.at(item))))) {
                    kept.add(item);
                }
            }
            return kept;
        });
    }

    private static Object sum(Object value) {
        BigDecimal total = BigDecimal.ZERO;
        for (Object item : value instanceof List<?> list ? list : List.of(value)) {
            BigDecimal number = NumberFunctions.decimal(item);
            total = number == null ? total : total.add(number);
        }
        Object simplified = NumberFunctions.simplified(total);
        return simplified == null ? 0 : simplified;
    }

    /**
     * {@code {of, shape, where}}: an object whose members have other values; paths start from {@code {key, value}}, and a
     * member whose shape is missing is left out.
     */
    private static Expression values(@Nullable Object argument, MappingSite site) {
        var arguments = DirectiveArguments.of(argument, site, "of", "shape", "key", "where");
        Expression of = arguments.required("of");
        Path givenValue = Path.of("value");
        Path givenKey = Path.of("key");
        Expression shape = arguments.has("shape") ? arguments.required("shape") : givenValue;
        Expression key = arguments.has("key") ? arguments.required("key") : givenKey;
        Expression where = arguments.has("where") ? arguments.required("where") : scope -> true;
        return Functions.applyInScope(of, (found, scope) -> {
            if (!(found instanceof Map<?, ?> map)) {
                return Absent.ABSENT;
            }
            var shaped = new LinkedHashMap<String, @Nullable Object>();
            map.forEach((name, value) -> {
                var entry = new LinkedHashMap<String, @Nullable Object>();
                entry.put("key", name);
                entry.put("value", value);
                Scope inner = scope.at(entry);
                if (!JsValues.isFalsy(where.evaluate(inner))) {
                    Object member = shape.evaluate(inner);
                    if (member != Absent.ABSENT) {
                        shaped.put(JsValues.text(key.evaluate(inner)), member);
                    }
                }
            });
            return shaped;
        });
    }

    /**
     * {@code {in, shape, lists}}: a value in which every text, at any depth, has another shape; paths start from the text.
     * With {@code lists: false} the texts inside of lists stay.
     */
    private static Expression texts(@Nullable Object argument, MappingSite site) {
        var arguments = DirectiveArguments.of(argument, site, "in", "shape", "lists");
        Expression shape = arguments.required("shape");
        boolean inLists = arguments.flag("lists", true);
        return Functions.applyInScope(
                arguments.required("in"), (found, scope) -> Absent.toNull(shaped(found, shape, scope, inLists, 0)));
    }

    private static @Nullable Object shaped(
            @Nullable Object value, Expression shape, Scope scope, boolean inLists, int depth) {
        if (depth > DEPTH_MAX) {
            throw new MappingException("a value of more than " + DEPTH_MAX + " levels");
        }
        return switch (value) {
            case String text -> shape.evaluate(scope.at(text));
            case List<?> list -> {
                if (!inLists) {
                    yield list;
                }
                var result = new ArrayList<@Nullable Object>(list.size());
                list.forEach(item -> result.add(Absent.toNull(shaped(item, shape, scope, true, depth + 1))));
                yield result;
            }
            case Map<?, ?> map -> {
                var result = new LinkedHashMap<Object, @Nullable Object>();
                map.forEach((key, member) -> {
                    Object inner = shaped(member, shape, scope, inLists, depth + 1);
                    if (inner != Absent.ABSENT) {
                        result.put(key, inner);
                    }
                });
                yield result;
            }
            case null -> null;
            default -> value;
        };
    }

    /** What kind of value it is: text, number, boolean, list, object, null or missing. */
    private static Expression type(Expression value) {
        return scope -> switch (value.evaluate(scope)) {
            case null -> "null";
            case Absent absent -> "missing";
            case String text -> "text";
            case Number number -> "number";
            case Boolean truth -> "boolean";
            case List<?> list -> "list";
            case Map<?, ?> map -> "object";
            default -> "text";
        };
    }
}
