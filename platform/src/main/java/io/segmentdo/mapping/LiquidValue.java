package io.segmentdo.mapping;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A value in a Liquid template: literal, path, comparison or filtered value. Immutable. */
@FunctionalInterface
interface LiquidValue {
    /** The value; null for what is missing. */
    @Nullable
    Object evaluate(LiquidTemplate.State state);

    /** The literals {@code empty} and {@code blank}, which equal a whole class of values. */
    enum Nothing {
        EMPTY,
        BLANK;

        boolean covers(@Nullable Object value) {
            return switch (value) {
                case null -> this == BLANK;
                case Boolean truth -> this == BLANK && !truth;
                case String text -> this == BLANK ? text.isBlank() : text.isEmpty();
                case List<?> list -> list.isEmpty();
                case Map<?, ?> map -> map.isEmpty();
                default -> false;
            };
        }
    }

    /** Everything is true but false and nothing. */
    static boolean isTrue(@Nullable Object value) {
        return value != null && !Boolean.FALSE.equals(value);
    }

    /** How a value is printed; the elements of a list follow each other. */
    static String text(@Nullable Object value) {
        if (!(value instanceof List<?> list)) {
            return value instanceof Nothing ? "" : JsValues.text(value);
        }
        var joined = new StringBuilder();
        list.forEach(element -> TextLimit.check(joined.append(text(element))));
        return joined.toString();
    }

    /** A value as number, NaN if it is none. */
    static double number(@Nullable Object value) {
        return switch (value) {
            case null -> 0;
            case Number number -> number.doubleValue();
            case String text -> JsNumbers.number(text);
            case Boolean truth -> truth ? 1 : 0;
            default -> Double.NaN;
        };
    }

    /** Compares by one of Liquid's operators. */
    static boolean compare(@Nullable Object left, String operator, @Nullable Object right) {
        return switch (operator) {
            case "==" -> equal(left, right);
            case "!=", "<>" -> !equal(left, right);
            case "<" -> order(left, right) == -1;
            case "<=" -> order(left, right) == -1 || order(left, right) == 0;
            case ">" -> order(left, right) == 1;
            case ">=" -> order(left, right) == 1 || order(left, right) == 0;
            case "contains" -> contains(left, right);
            case "and" -> isTrue(left) && isTrue(right);
            case "or" -> isTrue(left) || isTrue(right);
            default -> throw new IllegalStateException("no operator " + operator);
        };
    }

    private static boolean equal(@Nullable Object left, @Nullable Object right) {
        if (right instanceof Nothing kind) {
            return kind.covers(left);
        }
        if (left instanceof Nothing kind) {
            return kind.covers(right);
        }
        if (left instanceof Number a && right instanceof Number b) {
            return a.doubleValue() == b.doubleValue();
        }
        return Objects.equals(left, right);
    }

    /** -1, 0 or 1; 2 where there is no order. */
    private static int order(@Nullable Object left, @Nullable Object right) {
        if (left == null || right == null) {
            return 2;
        }
        if (left instanceof String a && right instanceof String b) {
            return Integer.signum(a.compareTo(b));
        }
        double a = number(left);
        double b = number(right);
        return Double.isNaN(a) || Double.isNaN(b) ? 2 : Double.compare(a, b);
    }

    private static boolean contains(@Nullable Object whole, @Nullable Object part) {
        return switch (whole) {
            case String text -> text.contains(text(part));
            case List<?> list -> list.stream().anyMatch(element -> equal(element, part));
            case null -> false;
            default -> false;
        };
    }
}
