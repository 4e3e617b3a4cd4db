package io.segmentdo.mapping;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/** Conditions and choices. */
final class LogicFunctions {
    private static final Map<String, BiPredicate<@Nullable Object, @Nullable Object>> COMPARISONS = Map.of(
            "eq", LogicFunctions::equal,
            "ne", (a, b) -> !equal(a, b),
            "lt", (a, b) -> number(a) < number(b),
            "le", (a, b) -> number(a) <= number(b),
            "gt", (a, b) -> number(a) > number(b),
            "ge", (a, b) -> number(a) >= number(b),
            "in", (a, b) -> b instanceof List<?> list && list.stream().anyMatch(element -> equal(a, element)),
            "contains", LogicFunctions::contains);

    private LogicFunctions() {}

    static void addTo(Map<String, Directive> directives) {
        directives.put("@coalesce", LogicFunctions::coalesce);
        directives.put("@compare", LogicFunctions::compare);
        directives.put("@and", (argument, site) -> junction(argument, site, true));
        directives.put("@or", (argument, site) -> junction(argument, site, false));
        directives.put("@not", LogicFunctions::not);
        directives.put("@exists", LogicFunctions::exists);
        directives.put("@switch", LogicFunctions::choose);
        directives.put("@lookup", LogicFunctions::lookup);
        directives.put("@when", LogicFunctions::when);
        directives.put("@cases", LogicFunctions::cases);
        directives.put("@fail", LogicFunctions::fail);
    }

    private static List<Expression> list(@Nullable Object argument, MappingSite site) {
        var expressions = new ArrayList<Expression>();
        if (argument instanceof List<?> list && !list.isEmpty()) {
            for (int i = 0; i < list.size(); i++) {
                expressions.add(site.at(i).compile(list.get(i)));
            }
        } else {
            site.problem(argument, "a list of values");
        }
        return expressions;
    }

    /** {@code [a, b, …]}: the first one that is neither missing nor null. */
    private static Expression coalesce(@Nullable Object argument, MappingSite site) {
        List<Expression> values = list(argument, site);
        return scope -> {
            for (Expression value : values) {
                Object found = value.evaluate(scope);
                if (Absent.isPresent(found)) {
                    return found;
                }
            }
            return Absent.ABSENT;
        };
    }

    /** {@code {value, eq | ne | lt | le | gt | ge | in | contains | matches}}: all that are given must hold. */
    private static Expression compare(@Nullable Object argument, MappingSite site) {
        var arguments = DirectiveArguments.of(
                argument, site, "value", "eq", "ne", "lt", "le", "gt", "ge", "in", "contains", "matches");
        Expression value = arguments.required("value");
        var tests = new ArrayList<Expression>();
        COMPARISONS.forEach((name, comparison) -> {
            if (arguments.has(name)) {
                Expression other = arguments.required(name);
                tests.add(scope ->
                        comparison.test(Absent.toNull(value.evaluate(scope)), Absent.toNull(other.evaluate(scope))));
            }
        });
        if (arguments.has("matches")) {
            BoundedPattern pattern = BoundedPattern.of(arguments, "matches");
            tests.add(scope -> value.evaluate(scope) instanceof String text && pattern.matches(text));
        }
        if (tests.isEmpty()) {
            arguments.problem(argument, "eq, ne, lt, le, gt, ge, in, contains or matches");
        }
        return scope -> tests.stream().allMatch(test -> Boolean.TRUE.equals(test.evaluate(scope)));
    }

    private static boolean equal(@Nullable Object a, @Nullable Object b) {
        if (a instanceof Number x && b instanceof Number y) {
            return x.doubleValue() == y.doubleValue();
        }
        return Objects.equals(a, b);
    }

    private static boolean contains(@Nullable Object whole, @Nullable Object part) {
        return switch (whole) {
            case String text -> part instanceof String inner && text.contains(inner);
            case List<?> list -> list.stream().anyMatch(element -> equal(element, part));
            case null -> false;
            default -> false;
        };
    }

    private static double number(@Nullable Object value) {
        return value instanceof Number number ? number.doubleValue() : Double.NaN;
    }

    private static Expression junction(@Nullable Object argument, MappingSite site, boolean all) {
        List<Expression> conditions = list(argument, site);
        return scope -> {
            for (Expression condition : conditions) {
                if (JsValues.isFalsy(condition.evaluate(scope)) == all) {
                    return !all;
                }
            }
            return all;
        };
    }

    private static Expression not(@Nullable Object argument, MappingSite site) {
        Expression condition = site.compile(argument);
        return scope -> JsValues.isFalsy(condition.evaluate(scope));
    }

    private static Expression exists(@Nullable Object argument, MappingSite site) {
        Expression value = site.compile(argument);
        return scope -> Absent.isPresent(value.evaluate(scope));
    }

    /** {@code {on, cases: {text: value}, else}}: only the chosen value is worked out. */
    private static Expression choose(@Nullable Object argument, MappingSite site) {
        var arguments = DirectiveArguments.of(argument, site, "on", "cases", "else");
        Expression on = arguments.required("on");
        Map<String, Expression> cases = new HashMap<>();
        if (arguments.raw("cases") instanceof Map<?, ?> map) {
            map.forEach((key, value) -> cases.put(
                    String.valueOf(key),
                    arguments.at("cases").at(String.valueOf(key)).compile(value)));
        } else {
            arguments.at("cases").problem(arguments.raw("cases"), "values by text");
        }
        Expression otherwise = arguments.optional("else");
        return scope ->
                cases.getOrDefault(JsValues.text(on.evaluate(scope)), otherwise).evaluate(scope);
    }

    /** {@code {key, table: {text: value}, else}}. */
    private static Expression lookup(@Nullable Object argument, MappingSite site) {
        var arguments = DirectiveArguments.of(argument, site, "key", "table", "else");
        Expression key = arguments.required("key");
        Expression table = arguments.required("table");
        Expression otherwise = arguments.optional("else");
        return scope -> {
            Object found =
                    table.evaluate(scope) instanceof Map<?, ?> map ? map.get(JsValues.text(key.evaluate(scope))) : null;
            return found == null ? otherwise.evaluate(scope) : found;
        };
    }

    /** {@code {if, then, else}}: as the condition is true, or not (missing, null, false, 0, empty). */
    private static Expression when(@Nullable Object argument, MappingSite site) {
        var arguments = DirectiveArguments.of(argument, site, "if", "then", "else");
        Expression condition = arguments.required("if");
        Expression then = arguments.optional("then");
        Expression otherwise = arguments.optional("else");
        return scope -> (JsValues.isFalsy(condition.evaluate(scope)) ? otherwise : then).evaluate(scope);
    }

    /** {@code [{if, then}, …]}: the first one whose condition is true, or that has none. */
    private static Expression cases(@Nullable Object argument, MappingSite site) {
        var conditions = new ArrayList<Expression>();
        var results = new ArrayList<Expression>();
        if (argument instanceof List<?> list && !list.isEmpty()) {
            for (int i = 0; i < list.size(); i++) {
                var arguments = DirectiveArguments.of(list.get(i), site.at(i), "if", "then");
                conditions.add(arguments.has("if") ? arguments.required("if") : scope -> true);
                results.add(arguments.required("then"));
            }
        } else {
            site.problem(argument, "a list of objects with if and then");
        }
        return scope -> {
            for (int i = 0; i < conditions.size(); i++) {
                if (!JsValues.isFalsy(conditions.get(i).evaluate(scope))) {
                    return results.get(i).evaluate(scope);
                }
            }
            return Absent.ABSENT;
        };
    }

    /** A text: refuses the event with it, where it is reached. */
    private static Expression fail(@Nullable Object argument, MappingSite site) {
        if (!(argument instanceof String reason)) {
            return site.problem(argument, "the reason, as text");
        }
        return scope -> {
            throw new MappingException(reason);
        };
    }
}
