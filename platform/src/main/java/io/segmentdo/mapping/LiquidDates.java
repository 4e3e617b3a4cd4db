package io.segmentdo.mapping;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The {@code date} filter: strftime patterns in UTC; what is no date stays as it is. */
final class LiquidDates {
    private static final Pattern FIELD = Pattern.compile("%([-_0]?)([a-zA-Z%])");
    private static final long MILLIS_PER_SECOND = 1000;

    private LiquidDates() {}

    static @Nullable Object format(@Nullable Object value, String pattern) {
        OffsetDateTime time = parse(value);
        if (time == null) {
            return value;
        }
        Matcher field = FIELD.matcher(pattern);
        var text = new StringBuilder();
        while (field.find()) {
            String formatted = field(time, field.group(2).charAt(0));
            String padding = field.group(1);
            if (padding.equals("-")) {
                formatted = formatted.replaceFirst("^[0 ]+(?=.)", "");
            } else if (padding.equals("_")) {
                formatted = formatted.replaceFirst("^0", " ");
            }
            field.appendReplacement(text, Matcher.quoteReplacement(formatted));
        }
        return field.appendTail(text).toString();
    }

    private static @Nullable OffsetDateTime parse(@Nullable Object value) {
        try {
            if (value instanceof Number seconds) {
                long millis = (long) (seconds.doubleValue() * MILLIS_PER_SECOND);
                return Instant.ofEpochMilli(millis).atOffset(ZoneOffset.UTC);
            }
            if (!(value instanceof String text)) {
                return null;
            }
            if (text.matches("\\d+")) {
                return Instant.ofEpochSecond(Long.parseLong(text)).atOffset(ZoneOffset.UTC);
            }
            return text.indexOf('T') < 0
                    ? LocalDate.parse(text).atStartOfDay().atOffset(ZoneOffset.UTC)
                    : OffsetDateTime.parse(text).withOffsetSameInstant(ZoneOffset.UTC);
        } catch (DateTimeException | NumberFormatException notADate) {
            return null;
        }
    }

    private static String field(OffsetDateTime time, char field) {
        return switch (field) {
            case 'Y' -> java(time, "yyyy");
            case 'y' -> java(time, "yy");
            case 'm' -> java(time, "MM");
            case 'B' -> java(time, "MMMM");
            case 'b', 'h' -> java(time, "MMM");
            case 'd' -> java(time, "dd");
            case 'e' -> java(time, "ppd");
            case 'j' -> java(time, "DDD");
            case 'H' -> java(time, "HH");
            case 'k' -> java(time, "ppH");
            case 'I' -> java(time, "hh");
            case 'l' -> java(time, "pph");
            case 'M' -> java(time, "mm");
            case 'S' -> java(time, "ss");
            case 'L' -> java(time, "SSS");
            case 'N' -> java(time, "SSSSSSSSS");
            case 'p' -> java(time, "a");
            case 'P' -> java(time, "a").toLowerCase(Locale.ROOT);
            case 'A' -> java(time, "EEEE");
            case 'a' -> java(time, "EEE");
            case 'u' -> Integer.toString(time.getDayOfWeek().getValue());
            case 'w' -> Integer.toString(time.getDayOfWeek().getValue() % 7);
            case 's' -> Long.toString(time.toEpochSecond());
            case 'z' -> "+0000";
            case 'Z' -> "UTC";
            case 'F' -> java(time, "yyyy-MM-dd");
            case 'T', 'X' -> java(time, "HH:mm:ss");
            case 'R' -> java(time, "HH:mm");
            case 'D', 'x' -> java(time, "MM/dd/yy");
            case '%' -> "%";
            default -> "%" + field;
        };
    }

    private static String java(OffsetDateTime time, String pattern) {
        return DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH).format(time);
    }
}
