package io.segmentdo.mapping;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Segment's own directives, with the meaning they have there.
 *
 * <p>Worth knowing: {@code @if blank} takes {@code then} when the value is <em>not</em> blank; an {@code else} of false, 0
 * or empty text counts for nothing; members of JavaScript's texts and lists such as {@code length} are not found here.
 */
final class SegmentDirectives {
    private static final int REPLACE_CHARS_MAX = 10;

    private SegmentDirectives() {}

    /** All of them by name. */
    static Map<String, Directive> all() {
        var directives = new LinkedHashMap<String, Directive>();
        directives.put("@path", SegmentDirectives::path);
        directives.put("@template", SegmentDirectives::template);
        directives.put("@literal", (argument, site) -> site.compile(argument));
        directives.put("@if", SegmentDirectives::choose);
        directives.put("@arrayPath", SegmentDirectives::arrayPath);
        directives.put("@case", SegmentDirectives::letterCase);
        directives.put("@replace", SegmentDirectives::replace);
        directives.put("@json", SegmentDirectives::json);
        directives.put("@flatten", SegmentDirectives::flatten);
        directives.put("@merge", SegmentDirectives::merge);
        directives.put("@transform", SegmentDirectives::transform);
        directives.put("@excludeWhenNull", SegmentDirectives::excludeWhenNull);
        directives.put("@liquid", SegmentDirectives::liquid);
        return directives;
    }

    private static Path eventPath(String text) {
        int dollar = text.indexOf("$.");
        return Path.of(dollar < 0 ? text : text.substring(0, dollar) + text.substring(dollar + 2));
    }

    private static Expression path(@Nullable Object argument, MappingSite site) {
        if (argument instanceof String text) {
            return eventPath(text);
        }
        Expression text = site.compileText(argument);
        return scope -> eventPath(textOf("@path", text.evaluate(scope))).find(scope.root());
    }

    private static Expression template(@Nullable Object argument, MappingSite site) {
        if (argument instanceof String text) {
            return Template.parse(text);
        }
        Expression text = site.compileText(argument);
        return scope ->
                Template.parse(textOf("@template", text.evaluate(scope))).evaluate(scope);
    }

    private static String textOf(String directive, @Nullable Object value) {
        if (value instanceof String text) {
            return text;
        }
        throw new MappingException(directive + " needs a text, and the event has none there");
    }

    private static Expression choose(@Nullable Object argument, MappingSite site) {
        var arguments = DirectiveArguments.of(argument, site, "exists", "blank", "then", "else");
        if (JsValues.isFalsy(arguments.raw("exists")) && JsValues.isFalsy(arguments.raw("blank"))) {
            return arguments.problem(argument, "exists or blank, with a value that is not empty, false or 0");
        }
        boolean exists = arguments.has("exists");
        Expression subject = arguments.required(exists ? "exists" : "blank");
        Expression then = arguments.optional("then");
        Expression otherwise =
                JsValues.isFalsy(arguments.raw("else")) ? scope -> Absent.ABSENT : arguments.optional("else");
        return scope -> {
            Object value = subject.evaluate(scope);
            boolean holds = exists ? Absent.isPresent(value) : !JsValues.isBlank(value);
            return (holds ? then : otherwise).evaluate(scope);
        };
    }

    private static Expression arrayPath(@Nullable Object argument, MappingSite site) {
        if (!(argument instanceof List<?> list) || list.isEmpty()) {
            return site.problem(argument, "a list of a path and, if wanted, the shape of its items");
        }
        Expression items = list.getFirst() instanceof String text
                ? path(text, site.at(0))
                : site.at(0).compileText(list.getFirst());
        if (list.size() < 2 || !(list.get(1) instanceof Map<?, ?> shapeOfItem) || shapeOfItem.isEmpty()) {
            return items;
        }
        Expression shape = site.at(1).compile(shapeOfItem);
        return scope -> {
            Object value = items.evaluate(scope);
            return switch (value) {
                case List<?> many -> {
                    var shaped = new ArrayList<@Nullable Object>(many.size());
                    for (Object item : many) {
                        shaped.add(Absent.toNull(shape.evaluate(scope.at(item))));
                    }
                    yield shaped;
                }
                case Map<?, ?> one -> {
                    var shaped = new ArrayList<@Nullable Object>(1);
                    shaped.add(Absent.toNull(shape.evaluate(scope.at(one))));
                    yield shaped;
                }
                case null -> value;
                default -> value;
            };
        };
    }

    private static Expression letterCase(@Nullable Object argument, MappingSite site) {
        var arguments = DirectiveArguments.of(argument, site, "operator", "value");
        boolean upper = arguments.choice("operator", "lower", "upper").equals("upper");
        Expression value = value(arguments);
        return scope -> {
            Object found = value.evaluate(scope);
            if (!(found instanceof String text)) {
                return found;
            }
            return upper ? text.toUpperCase(Locale.ROOT) : text.toLowerCase(Locale.ROOT);
        };
    }

    /** The value of @case and @replace: a text or a directive; the empty text and none count for nothing. */
    private static Expression value(DirectiveArguments arguments) {
        if (!arguments.has("value") || "".equals(arguments.raw("value"))) {
            return scope -> Absent.ABSENT;
        }
        return arguments.at("value").compileText(arguments.raw("value"));
    }

    private static Expression replace(@Nullable Object argument, MappingSite site) {
        var arguments = DirectiveArguments.of(
                argument, site, "pattern", "replacement", "pattern2", "replacement2", "value", "ignorecase", "global");
        if (!arguments.has("pattern")) {
            arguments.problem(argument, "pattern");
        }
        if (!arguments.has("value")) {
            arguments.problem(argument, "value");
        }
        boolean ignoreCase = arguments.flag("ignorecase", false);
        boolean all = arguments.flag("global", true);
        var first = new Replacement(
                arguments.text("pattern", "", 1, REPLACE_CHARS_MAX),
                arguments.text("replacement", "", 0, REPLACE_CHARS_MAX),
                ignoreCase,
                all);
        var second = new Replacement(
                arguments.text("pattern2", "", 0, REPLACE_CHARS_MAX),
                arguments.text("replacement2", "", 0, REPLACE_CHARS_MAX),
                ignoreCase,
                all);
        if ("".equals(arguments.raw("value"))) {
            return scope -> Absent.ABSENT;
        }
        Expression value = value(arguments);
        return scope -> {
            Object found = value.evaluate(scope);
            boolean isScalar = found instanceof String || found instanceof Number || found instanceof Boolean;
            return isScalar ? second.apply(first.apply(JsValues.text(found))) : "";
        };
    }

    private static Expression json(@Nullable Object argument, MappingSite site) {
        var arguments = DirectiveArguments.of(argument, site, "mode", "value");
        boolean encode = arguments.choice("mode", "encode", "decode").equals("encode");
        if (JsValues.isFalsy(arguments.raw("value"))) {
            return arguments.at("value").problem(arguments.raw("value"), "a value or a directive");
        }
        Expression value = arguments.at("value").keepingAbsent(false).compile(arguments.raw("value"));
        return scope -> {
            Object found = value.evaluate(scope);
            if (encode) {
                return found == Absent.ABSENT ? found : JsonText.encode(found);
            }
            return found instanceof String text ? JsonText.decode(text) : found;
        };
    }

    private static Expression flatten(@Nullable Object argument, MappingSite site) {
        var arguments = DirectiveArguments.of(argument, site, "value", "separator", "omitArrays");
        if (!arguments.has("separator")) {
            arguments.problem(argument, "separator");
        }
        String separator = arguments.text("separator", ".", 1, REPLACE_CHARS_MAX);
        boolean omitLists = !JsValues.isFalsy(arguments.raw("omitArrays"));
        Expression value = arguments.required("value");
        return scope -> {
            var flat = new LinkedHashMap<String, @Nullable Object>();
            flatten(flat, "", value.evaluate(scope), separator, omitLists);
            return flat;
        };
    }

    /** Adds a value under its path; empty objects and lists leave nothing behind. */
    static void flatten(
            Map<String, @Nullable Object> flat,
            String prefix,
            @Nullable Object value,
            String separator,
            boolean omitLists) {
        if (value instanceof Map<?, ?> map) {
            map.forEach((key, member) -> flatten(flat, join(prefix, separator, key), member, separator, omitLists));
        } else if (value instanceof List<?> list && !omitLists) {
            for (int i = 0; i < list.size(); i++) {
                flatten(flat, join(prefix, separator, i), list.get(i), separator, omitLists);
            }
        } else if (value != Absent.ABSENT) {
            flat.put(prefix, value);
        }
    }

    private static String join(String prefix, String separator, @Nullable Object key) {
        return prefix.isEmpty() ? String.valueOf(key) : prefix + separator + key;
    }

    private static Expression merge(@Nullable Object argument, MappingSite site) {
        var arguments = DirectiveArguments.of(argument, site, "objects", "direction");
        boolean laterWins = arguments.choice("direction", "right", "left").equals("right");
        if (!(arguments.raw("objects") instanceof List<?> list)) {
            return arguments.at("objects").problem(arguments.raw("objects"), "a list of objects");
        }
        var objects = new ArrayList<Expression>();
        for (int i = 0; i < list.size(); i++) {
            MappingSite place = arguments.at("objects").at(i).keepingAbsent(true);
            objects.add(
                    list.get(i) instanceof Map<?, ?> map
                            ? place.compile(map)
                            : place.problem(list.get(i), "an object or a directive"));
        }
        List<Expression> inOrder = laterWins ? List.copyOf(objects) : objects.reversed();
        boolean keeps = site.keepsAbsent();
        return scope -> {
            var merged = new LinkedHashMap<String, @Nullable Object>();
            for (Expression object : inOrder) {
                assign(merged, object.evaluate(scope));
            }
            if (!keeps) {
                merged.values().removeIf(value -> value == Absent.ABSENT);
                merged.replaceAll((key, value) -> withoutAbsent(value));
            }
            return merged;
        };
    }

    private static void assign(Map<String, @Nullable Object> target, @Nullable Object source) {
        if (source instanceof Map<?, ?> map) {
            map.forEach((key, value) -> target.put(String.valueOf(key), value));
        } else if (source instanceof List<?> list) {
            for (int i = 0; i < list.size(); i++) {
                target.put(Integer.toString(i), list.get(i));
            }
        }
    }

    /** Drops what a merge had to see as missing; parts of the event never hold such members. */
    private static @Nullable Object withoutAbsent(@Nullable Object value) {
        if (!(value instanceof Map<?, ?> map)) {
            return value;
        }
        var cleaned = new LinkedHashMap<Object, @Nullable Object>();
        map.forEach((key, member) -> {
            if (member != Absent.ABSENT) {
                cleaned.put(String.valueOf(key), withoutAbsent(member));
            }
        });
        return cleaned;
    }

    private static Expression transform(@Nullable Object argument, MappingSite site) {
        var arguments = DirectiveArguments.of(argument, site, "apply", "mapping");
        for (String name : List.of("apply", "mapping")) {
            if (!(arguments.raw(name) instanceof Map<?, ?>)) {
                return arguments.at(name).problem(arguments.raw(name), "an object or a directive");
            }
        }
        Expression apply = arguments.at("apply").keepingAbsent(false).compile(arguments.raw("apply"));
        Expression mapping = arguments.required("mapping");
        return scope -> mapping.evaluate(scope.at(apply.evaluate(scope)));
    }

    private static Expression excludeWhenNull(@Nullable Object argument, MappingSite site) {
        Expression value = site.compile(argument);
        return scope -> {
            Object found = value.evaluate(scope);
            return found == null ? Absent.ABSENT : withoutNulls(found);
        };
    }

    private static Object withoutNulls(Object value) {
        if (!(value instanceof Map<?, ?> map)) {
            return value;
        }
        var cleaned = new LinkedHashMap<Object, Object>();
        map.forEach((key, member) -> {
            if (member != null) {
                cleaned.put(String.valueOf(key), withoutNulls(member));
            }
        });
        return cleaned;
    }

    private static Expression liquid(@Nullable Object argument, MappingSite site) {
        if (!(argument instanceof String text) || text.length() > LiquidTemplate.CHARS_MAX) {
            return site.problem(argument, "a Liquid template of at most " + LiquidTemplate.CHARS_MAX + " characters");
        }
        try {
            LiquidTemplate template = LiquidTemplate.parse(text);
            return scope -> template.render(scope.root());
        } catch (MappingException invalid) {
            return site.problem(text, String.valueOf(invalid.getMessage()));
        }
    }
}
