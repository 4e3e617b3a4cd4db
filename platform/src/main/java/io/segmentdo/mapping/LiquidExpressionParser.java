package io.segmentdo.mapping;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads one Liquid expression with its filters. Confined to its thread. */
final class LiquidExpressionParser {
    private static final Pattern TOKEN = Pattern.compile("\\s*(\"[^\"]*\"|'[^']*'|-?\\d+(?:\\.\\d+)?(?![\\w-])"
            + "|==|!=|<>|<=|>=|[<>|:,.\\[\\]()]|[\\w\\p{L}][\\w\\p{L}?-]*)");
    private static final List<String> COMPARISONS = List.of("==", "!=", "<>", "<", "<=", ">", ">=", "contains");

    private final String source;
    private final List<String> tokens = new ArrayList<>();
    private final Set<String> variables;
    private int at;

    /** Adds the paths it reads to the variables. */
    LiquidExpressionParser(String source, Set<String> variables) {
        this.source = source;
        this.variables = variables;
        Matcher matcher = TOKEN.matcher(source);
        int end = 0;
        while (matcher.lookingAt()) {
            tokens.add(matcher.group(1));
            end = matcher.end();
            matcher.region(end, source.length());
        }
        if (!source.substring(end).isBlank()) {
            throw fault("unexpected " + source.substring(end).strip());
        }
    }

    LiquidValue value() {
        if (tokens.isEmpty()) {
            return state -> null;
        }
        LiquidValue value = logic();
        while (accept("|")) {
            value = filter(value);
        }
        if (at < tokens.size()) {
            throw fault("unexpected " + tokens.get(at));
        }
        return value;
    }

    /** {@code and} and {@code or} weigh the same and are read from the right. */
    private LiquidValue logic() {
        LiquidValue left = comparison();
        String operator = peek();
        if (!operator.equals("and") && !operator.equals("or")) {
            return left;
        }
        at++;
        LiquidValue right = logic();
        return state -> LiquidValue.compare(left.evaluate(state), operator, right.evaluate(state));
    }

    private LiquidValue comparison() {
        if (accept("not")) {
            LiquidValue negated = comparison();
            return state -> !LiquidValue.isTrue(negated.evaluate(state));
        }
        LiquidValue left = operand();
        String operator = peek();
        if (!COMPARISONS.contains(operator)) {
            return left;
        }
        at++;
        LiquidValue right = operand();
        return state -> LiquidValue.compare(left.evaluate(state), operator, right.evaluate(state));
    }

    private LiquidValue operand() {
        String token = next();
        char first = token.charAt(0);
        if (first == '"' || first == '\'') {
            String text = token.substring(1, token.length() - 1);
            return state -> text;
        }
        if (Character.isDigit(first) || first == '-') {
            Double number = JsNumbers.number(token);
            return state -> number;
        }
        return switch (token) {
            case "true" -> state -> true;
            case "false" -> state -> false;
            case "nil", "null" -> state -> null;
            case "empty" -> state -> LiquidValue.Nothing.EMPTY;
            case "blank" -> state -> LiquidValue.Nothing.BLANK;
            default -> {
                if (!Character.isLetter(first) && first != '_') {
                    throw fault("expected a value, found " + token);
                }
                yield path(token);
            }
        };
    }

    private LiquidValue path(String start) {
        LiquidValue value = state -> state.find(start);
        var name = new StringBuilder(start);
        while (true) {
            LiquidValue owner = value;
            if (accept(".")) {
                String member = next();
                name.append('.').append(member);
                value = state -> member(owner.evaluate(state), member);
            } else if (accept("[")) {
                name.append('.').append(peek().replaceAll("[\"']", ""));
                LiquidValue key = operand();
                if (!accept("]")) {
                    throw fault("expected ]");
                }
                value = state -> member(owner.evaluate(state), JsValues.text(key.evaluate(state)));
            } else {
                variables.add(name.toString());
                return value;
            }
        }
    }

    private static @Nullable Object member(@Nullable Object owner, String key) {
        return switch (owner) {
            case Map<?, ?> map -> key.equals("size") && !map.containsKey(key) ? (Integer) map.size() : map.get(key);
            case List<?> list ->
                switch (key) {
                    case "size" -> list.size();
                    case "first" -> list.isEmpty() ? null : list.getFirst();
                    case "last" -> list.isEmpty() ? null : list.getLast();
                    default -> element(list, JsNumbers.number(key));
                };
            case String text -> key.equals("size") ? text.length() : null;
            case null -> null;
            default -> null;
        };
    }

    private static @Nullable Object element(List<?> list, double index) {
        double fromStart = index < 0 ? list.size() + index : index;
        return fromStart >= 0 && fromStart < list.size() && fromStart == Math.rint(fromStart)
                ? list.get((int) fromStart)
                : null;
    }

    private LiquidValue filter(LiquidValue input) {
        String name = next();
        LiquidFilter filter = LiquidFilters.named(name);
        if (filter == null) {
            throw fault(
                    "filter \"" + name + "\" is " + (LiquidFilters.DISABLED.contains(name) ? "disabled" : "unknown"));
        }
        List<LiquidValue> arguments = new ArrayList<>();
        Map<String, LiquidValue> named = new HashMap<>();
        if (accept(":")) {
            do {
                if (at + 1 < tokens.size() && tokens.get(at + 1).equals(":")) {
                    String argument = next();
                    at++;
                    named.put(argument, operand());
                } else {
                    arguments.add(operand());
                }
            } while (accept(","));
        }
        return state -> {
            List<@Nullable Object> values = new ArrayList<>(arguments.size());
            for (LiquidValue argument : arguments) {
                values.add(argument.evaluate(state));
            }
            Map<String, @Nullable Object> byName = new HashMap<>();
            named.forEach((argument, value) -> byName.put(argument, value.evaluate(state)));
            return filter.apply(input.evaluate(state), new LiquidFilter.Arguments(values, byName));
        };
    }

    private String peek() {
        return at < tokens.size() ? tokens.get(at) : "";
    }

    private boolean accept(String token) {
        boolean found = peek().equals(token);
        at += found ? 1 : 0;
        return found;
    }

    private String next() {
        if (at == tokens.size()) {
            throw fault("it ends too early");
        }
        return tokens.get(at++);
    }

    private MappingException fault(String message) {
        return new MappingException("Liquid expression <" + source.strip() + ">: " + message);
    }
}
