package io.segmentdo.mapping;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Values as JavaScript judges and prints them, because Segment's mappings show through it. */
final class JsValues {
    private JsValues() {}

    /** Whether a condition takes the value for false. */
    static boolean isFalsy(@Nullable Object value) {
        return switch (value) {
            case null -> true;
            case Absent absent -> true;
            case Boolean truth -> !truth;
            case String text -> text.isEmpty();
            case Number number -> number.doubleValue() == 0 || Double.isNaN(number.doubleValue());
            default -> false;
        };
    }

    /** Whether {@code value == ''} or there is none: also 0, false and lists without a visible element. */
    static boolean isBlank(@Nullable Object value) {
        return switch (value) {
            case null -> true;
            case Absent absent -> true;
            case Boolean truth -> !truth;
            case Number number -> number.doubleValue() == 0;
            case String text -> text.isEmpty();
            case List<?> list -> text(list).isEmpty();
            default -> false;
        };
    }

    /** The value as text; what is missing or null is empty. */
    static String text(@Nullable Object value) {
        return switch (value) {
            case null -> "";
            case Absent absent -> "";
            case String text -> text;
            case Number number -> JsNumbers.text(number);
            case List<?> list -> {
                var joined = new StringBuilder();
                for (int i = 0; i < list.size(); i++) {
                    joined.append(i == 0 ? "" : ",").append(text(list.get(i)));
                }
                yield joined.toString();
            }
            case Map<?, ?> map -> "[object Object]";
            default -> String.valueOf(value);
        };
    }
}
