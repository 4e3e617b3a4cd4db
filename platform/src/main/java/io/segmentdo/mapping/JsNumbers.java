package io.segmentdo.mapping;

import java.math.BigDecimal;

/** Numbers as JavaScript reads and writes them, because Segment's expressions and templates show through it. */
final class JsNumbers {
    private static final double PLAIN_FROM = 1e-6;
    private static final double PLAIN_BELOW = 1e21;

    private JsNumbers() {}

    /** A number as text: {@code 5.0} is {@code 5}, exponents only below 1e-6 and from 1e21. */
    static String text(Number number) {
        if (number instanceof Double || number instanceof Float) {
            return text(number.doubleValue());
        }
        return number instanceof BigDecimal decimal ? text(decimal.doubleValue()) : number.toString();
    }

    private static String text(double value) {
        double magnitude = Math.abs(value);
        if (value == Math.rint(value) && magnitude < 1L << 53) {
            return Long.toString((long) value);
        }
        if (Double.isNaN(value) || Double.isInfinite(value)) {
            return Double.toString(value);
        }
        if (magnitude >= PLAIN_FROM && magnitude < PLAIN_BELOW) {
            return new BigDecimal(Double.toString(value)).stripTrailingZeros().toPlainString();
        }
        String[] parts = Double.toString(value).split("E", 2);
        String digits = parts[0].endsWith(".0") ? parts[0].substring(0, parts[0].length() - 2) : parts[0];
        return digits + "e" + (parts[1].startsWith("-") ? "" : "+") + parts[1];
    }

    /** Text as a number: empty text is 0, anything that is not a number is NaN. */
    static double number(String text) {
        String trimmed = text.strip();
        if (trimmed.isEmpty()) {
            return 0;
        }
        char last = trimmed.charAt(trimmed.length() - 1);
        if (last != '.' && !Character.isDigit(last)) {
            return Double.NaN;
        }
        try {
            return Double.parseDouble(trimmed);
        } catch (NumberFormatException notANumber) {
            return Double.NaN;
        }
    }
}
