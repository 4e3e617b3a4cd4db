package io.segmentdo.mapping;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Numbers, and values made into other kinds of values. */
final class NumberFunctions {
    private static final int DIGITS_MAX = 15;
    private static final int EXPONENT_MAX = 308;

    private NumberFunctions() {}

    static void addTo(Map<String, Directive> directives) {
        directives.put("@cast", NumberFunctions::cast);
        directives.put("@number", NumberFunctions::number);
    }

    /** {@code {value, to: text | number | integer | boolean, else}}; what cannot be made so is {@code else} or missing. */
    private static Expression cast(@Nullable Object argument, MappingSite site) {
        var arguments = DirectiveArguments.of(argument, site, "value", "to", "else");
        String to = arguments.choice("to", "text", "number", "integer", "boolean");
        Expression value = arguments.required("value");
        Expression otherwise = arguments.optional("else");
        return Functions.applyInScope(value, (found, scope) -> {
            Object cast = cast(found, to);
            return cast == null ? otherwise.evaluate(scope) : cast;
        });
    }

    private static @Nullable Object cast(Object value, String to) {
        return switch (to) {
            case "text" ->
                value instanceof Map<?, ?> || value instanceof List<?> ? JsonText.encode(value) : JsValues.text(value);
            case "number" -> simplified(decimal(value));
            case "integer" -> {
                BigDecimal decimal = decimal(value);
                yield decimal == null ? null : simplified(decimal.setScale(0, RoundingMode.DOWN));
            }
            default -> truth(value);
        };
    }

    private static @Nullable Boolean truth(Object value) {
        if (value instanceof Boolean truth) {
            return truth;
        }
        return switch (JsValues.text(value).strip().toLowerCase(Locale.ROOT)) {
            case "true", "1", "yes" -> true;
            case "false", "0", "no" -> false;
            default -> null;
        };
    }

    /** {@code {value, times, dividedBy, plus, minus, round}}, worked out in this order; decimal, so 0.1 + 0.2 is 0.3. */
    private static Expression number(@Nullable Object argument, MappingSite site) {
        var arguments = DirectiveArguments.of(argument, site, "value", "times", "dividedBy", "plus", "minus", "round");
        Expression value = arguments.required("value");
        Expression times = arguments.has("times") ? arguments.required("times") : scope -> 1;
        Expression dividedBy = arguments.has("dividedBy") ? arguments.required("dividedBy") : scope -> 1;
        Expression plus = arguments.has("plus") ? arguments.required("plus") : scope -> 0;
        Expression minus = arguments.has("minus") ? arguments.required("minus") : scope -> 0;
        int digits = arguments.has("round") ? arguments.integer("round", 0, DIGITS_MAX) : -1;
        return scope -> {
            BigDecimal start = decimal(value.evaluate(scope));
            BigDecimal factor = decimal(times.evaluate(scope));
            BigDecimal divisor = decimal(dividedBy.evaluate(scope));
            BigDecimal added = decimal(plus.evaluate(scope));
            BigDecimal taken = decimal(minus.evaluate(scope));
            if (start == null || factor == null || divisor == null || added == null || taken == null) {
                return Absent.ABSENT;
            }
            if (divisor.signum() == 0) {
                return Absent.ABSENT;
            }
            BigDecimal result = start.multiply(factor, MathContext.DECIMAL128)
                    .divide(divisor, MathContext.DECIMAL128)
                    .add(added, MathContext.DECIMAL128)
                    .subtract(taken, MathContext.DECIMAL128);
            return simplified(digits < 0 ? result : result.setScale(digits, RoundingMode.HALF_UP));
        };
    }

    /** The number that a value is or spells, or null. */
    static @Nullable BigDecimal decimal(@Nullable Object value) {
        if (!(value instanceof Number || value instanceof String)) {
            return null;
        }
        try {
            var decimal = new BigDecimal(value.toString().strip());
            return Math.abs((long) decimal.precision() - decimal.scale()) > EXPONENT_MAX ? null : decimal;
        } catch (NumberFormatException notANumber) {
            return null;
        }
    }

    static @Nullable Object simplified(@Nullable BigDecimal decimal) {
        if (decimal == null) {
            return null;
        }
        boolean isWhole = decimal.signum() == 0 || decimal.stripTrailingZeros().scale() <= 0;
        if (!isWhole || decimal.abs().compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0) {
            return decimal.doubleValue();
        }
        long whole = decimal.longValue();
        return whole == (int) whole ? (Object) (int) whole : (Object) whole;
    }
}
