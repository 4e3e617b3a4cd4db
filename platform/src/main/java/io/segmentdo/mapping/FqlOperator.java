package io.segmentdo.mapping;

import java.util.Objects;
import java.util.function.DoublePredicate;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What an FQL condition tests. Texts compare exactly and only with texts, order only where the event holds a number,
 * the tests on parts of a text hold only for texts, negated or not.
 */
enum FqlOperator {
    EQUAL("=", "="),
    NOT_EQUAL("!=", "!="),
    NUMBER_EQUALS("=", "number_equals"),
    NUMBER_NOT_EQUALS("!=", "number_not_equals"),
    LESS("<", "<"),
    AT_MOST("<=", "<="),
    GREATER(">", ">"),
    AT_LEAST(">=", ">="),
    CONTAINS("contains", "contains"),
    NOT_CONTAINS("!contains", "not_contains"),
    STARTS_WITH("match", "starts_with"),
    NOT_STARTS_WITH("!match", "not_starts_with"),
    ENDS_WITH("match", "ends_with"),
    NOT_ENDS_WITH("!match", "not_ends_with"),
    EXISTS("!=", "exists"),
    NOT_EXISTS("=", "not_exists"),
    IS_TRUE("=", "is_true"),
    IS_FALSE("=", "is_false");

    private final String symbol;
    private final String segmentName;

    FqlOperator(String symbol, String segmentName) {
        this.symbol = symbol;
        this.segmentName = segmentName;
    }

    /** The name in Segment's syntax trees. */
    String segmentName() {
        return segmentName;
    }

    /** The test of an event's value (null where there is none) against the expected one. */
    Predicate<@Nullable Object> against(@Nullable Object expected) {
        String text = string(expected);
        double number = number(expected);
        return switch (this) {
            case EQUAL -> text::equals;
            case NOT_EQUAL -> actual -> !text.equals(actual);
            case NUMBER_EQUALS -> ifNumber(actual -> actual == number);
            case NUMBER_NOT_EQUALS -> ifNumber(actual -> actual != number);
            case LESS -> ifNumber(actual -> actual < number);
            case AT_MOST -> ifNumber(actual -> actual <= number);
            case GREATER -> ifNumber(actual -> actual > number);
            case AT_LEAST -> ifNumber(actual -> actual >= number);
            case CONTAINS -> ifText(actual -> actual.contains(text));
            case NOT_CONTAINS -> ifText(actual -> !actual.contains(text));
            case STARTS_WITH -> ifText(actual -> actual.startsWith(text));
            case NOT_STARTS_WITH -> ifText(actual -> !actual.startsWith(text));
            case ENDS_WITH -> ifText(actual -> actual.endsWith(text));
            case NOT_ENDS_WITH -> ifText(actual -> !actual.endsWith(text));
            case EXISTS -> Objects::nonNull;
            case NOT_EXISTS -> Objects::isNull;
            case IS_TRUE -> Boolean.TRUE::equals;
            case IS_FALSE -> Boolean.FALSE::equals;
        };
    }

    private static Predicate<@Nullable Object> ifNumber(DoublePredicate test) {
        return actual -> actual instanceof Number number && test.test(number.doubleValue());
    }

    private static Predicate<@Nullable Object> ifText(Predicate<String> test) {
        return actual -> actual instanceof String text && test.test(text);
    }

    /** The condition as FQL text. */
    String text(String name, @Nullable Object value) {
        return switch (this) {
            case EQUAL, NOT_EQUAL -> infix(name, literal(value));
            case NUMBER_EQUALS, NUMBER_NOT_EQUALS, LESS, AT_MOST, GREATER, AT_LEAST ->
                infix(name, JsNumbers.text(number(value)));
            case CONTAINS, NOT_CONTAINS -> call(name, literal(value));
            case STARTS_WITH, NOT_STARTS_WITH -> call(name, "\"" + string(value) + "*\"");
            case ENDS_WITH, NOT_ENDS_WITH -> call(name, "\"*" + string(value) + "\"");
            case EXISTS, NOT_EXISTS -> infix(name, "null");
            case IS_TRUE -> infix(name, "true");
            case IS_FALSE -> infix(name, "false");
        };
    }

    private String infix(String name, String value) {
        return name + " " + symbol + " " + value;
    }

    private String call(String name, String value) {
        return symbol + "(" + name + ", " + value + ")";
    }

    private static String literal(@Nullable Object value) {
        return value instanceof String text ? "\"" + text + "\"" : string(value);
    }

    private static String string(@Nullable Object value) {
        return value instanceof Number number ? JsNumbers.text(number) : String.valueOf(value);
    }

    private static double number(@Nullable Object value) {
        return value instanceof Number number ? number.doubleValue() : JsNumbers.number(string(value));
    }

    /** The operator that stands between a field and a value, or null. */
    static @Nullable FqlOperator infix(String symbol) {
        return switch (symbol) {
            case "=" -> EQUAL;
            case "!=" -> NOT_EQUAL;
            case "<" -> LESS;
            case "<=" -> AT_MOST;
            case ">" -> GREATER;
            case ">=" -> AT_LEAST;
            default -> null;
        };
    }
}
