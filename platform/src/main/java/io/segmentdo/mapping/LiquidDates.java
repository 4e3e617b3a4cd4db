package io.segmentdo.mapping;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The {@code date} filter: strftime patterns in UTC or another zone; what is no date stays as it is. */
final class LiquidDates {
    private static final Pattern FIELD = Pattern.compile("%([-_0:]?)([a-zA-Z%])");

    private static final int SECONDS_PER_MINUTE = 60;

    private LiquidDates() {}

    /**
     * Formats a date.
     *
     * @param zone its name, or how many minutes it is behind UTC; null for UTC
     */
    static @Nullable Object format(@Nullable Object value, String pattern, @Nullable Object zone) {
        Instant instant = value == null ? null : DateFunctions.instant(value, BigDecimal.ONE);
        if (instant == null) {
            return value;
        }
        ZonedDateTime time = instant.atZone(zone(zone));
        Matcher field = FIELD.matcher(pattern);
        var text = new StringBuilder();
        while (field.find()) {
            String formatted = field(time, field.group(2).charAt(0));
            String padding = field.group(1);
            if (field.group().equals("%:z")) {
                formatted = java(time, "xxx");
            } else if (padding.equals("-")) {
                formatted = formatted.replaceFirst("^[0 ]+(?=.)", "");
            } else if (padding.equals("_")) {
                formatted = formatted.replaceFirst("^0", " ");
            }
            field.appendReplacement(text, Matcher.quoteReplacement(formatted));
        }
        return field.appendTail(text).toString();
    }

    private static ZoneId zone(@Nullable Object zone) {
        try {
            return switch (zone) {
                case Number behind -> ZoneOffset.ofTotalSeconds(-behind.intValue() * SECONDS_PER_MINUTE);
                case String name -> ZoneId.of(name);
                case null -> ZoneOffset.UTC;
                default -> ZoneOffset.UTC;
            };
        } catch (DateTimeException unknown) {
            return ZoneOffset.UTC;
        }
    }

    private static String field(ZonedDateTime time, char field) {
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
            case 'z' -> java(time, "xx");
            case 'Z' -> time.getOffset().equals(ZoneOffset.UTC) ? "UTC" : java(time, "zzz");
            case 'F' -> java(time, "yyyy-MM-dd");
            case 'T', 'X' -> java(time, "HH:mm:ss");
            case 'R' -> java(time, "HH:mm");
            case 'D', 'x' -> java(time, "MM/dd/yy");
            case '%' -> "%";
            default -> "%" + field;
        };
    }

    private static String java(ZonedDateTime time, String pattern) {
        return DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH).format(time);
    }
}
