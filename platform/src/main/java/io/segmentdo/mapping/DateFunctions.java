package io.segmentdo.mapping;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Points in time. */
final class DateFunctions {
    private static final Pattern SHORT_OFFSET = Pattern.compile("[T\\d:.]+([+-]\\d{2})(\\d{2})$");
    private static final Pattern SPACED_OFFSET =
            Pattern.compile("(?<=:\\d\\d(?:\\.\\d{1,9})?) (?:([+-]\\d{2}:?\\d{2})|UTC|GMT)$");
    private static final Pattern HAS_OFFSET = Pattern.compile("T.*(?:[zZ]|[+-]\\d{2}(?::\\d{2})?)$");
    private static final int PATTERN_CHARS_MAX = 50;
    private static final BigDecimal NANOS_PER_SECOND = BigDecimal.valueOf(1_000_000_000);
    private static final Map<String, BigDecimal> UNITS_PER_SECOND = Map.of(
            "seconds", BigDecimal.ONE,
            "millis", BigDecimal.valueOf(1_000),
            "micros", BigDecimal.valueOf(1_000_000));

    private DateFunctions() {}

    static void addTo(Map<String, Directive> directives) {
        directives.put("@date", DateFunctions::date);
    }

    /**
     * {@code {value, from: seconds | millis | micros, to: seconds | millis | micros | iso | pattern, zone}}: texts are read
     * as ISO 8601, numbers in the unit {@code from}; what is no time is missing.
     */
    private static Expression date(@Nullable Object argument, MappingSite site) {
        var arguments = DirectiveArguments.of(argument, site, "value", "from", "to", "zone");
        BigDecimal from = UNITS_PER_SECOND.getOrDefault(
                arguments.choiceOr("from", "seconds", "millis", "micros"), BigDecimal.ONE);
        String to = arguments.text("to", "iso", 1, PATTERN_CHARS_MAX);
        ZoneId zone = zone(arguments);
        DateTimeFormatter pattern = UNITS_PER_SECOND.containsKey(to) || to.equals("iso")
                ? DateTimeFormatter.ISO_INSTANT
                : pattern(to, arguments);
        return Functions.apply(arguments.required("value"), found -> {
            Instant instant = instant(found, from);
            if (instant == null) {
                return Absent.ABSENT;
            }
            BigDecimal units = UNITS_PER_SECOND.get(to);
            return units == null ? pattern.format(instant.atZone(zone)) : count(instant, units);
        });
    }

    private static ZoneId zone(DirectiveArguments arguments) {
        try {
            return ZoneId.of(arguments.text("zone", "UTC", 1, PATTERN_CHARS_MAX));
        } catch (DateTimeException unknown) {
            arguments.at("zone").problem(arguments.raw("zone"), "a time zone such as UTC or Europe/Brussels");
            return ZoneOffset.UTC;
        }
    }

    private static DateTimeFormatter pattern(String text, DirectiveArguments arguments) {
        try {
            return DateTimeFormatter.ofPattern(text, Locale.ENGLISH);
        } catch (IllegalArgumentException invalid) {
            arguments.at("to").problem(text, "seconds, millis, micros, iso or a pattern such as yyyy-MM-dd");
            return DateTimeFormatter.ISO_INSTANT;
        }
    }

    private static long count(Instant instant, BigDecimal units) {
        return BigDecimal.valueOf(instant.getEpochSecond())
                .add(BigDecimal.valueOf(instant.getNano()).divide(NANOS_PER_SECOND))
                .multiply(units)
                .longValue();
    }

    /** A time with an offset, which may lack its colon and have a space before it, or without one, which is UTC. */
    private static Instant dateTime(String text) {
        String joined =
                SPACED_OFFSET.matcher(text).replaceFirst(offset -> offset.group(1) == null ? "Z" : offset.group(1));
        String time = joined.charAt("0000-00-00".length()) == ' ' ? joined.replaceFirst(" ", "T") : joined;
        Matcher offset = SHORT_OFFSET.matcher(time);
        String spelled = offset.find() ? time.substring(0, offset.start(2)) + ":" + offset.group(2) : time;
        return HAS_OFFSET.matcher(spelled).find()
                ? OffsetDateTime.parse(spelled).toInstant()
                : LocalDateTime.parse(spelled).toInstant(ZoneOffset.UTC);
    }

    /** A time in ISO 8601 or a number of units since 1970; null for what is none. */
    static @Nullable Instant instant(Object value, BigDecimal from) {
        try {
            if (value instanceof Instant instant) {
                return instant;
            }
            if (value instanceof String text && text.indexOf('-') > 0) {
                return text.length() <= "0000-00-00".length()
                        ? LocalDate.parse(text).atStartOfDay().toInstant(ZoneOffset.UTC)
                        : dateTime(text);
            }
            BigDecimal number = NumberFunctions.decimal(value);
            if (number == null) {
                return null;
            }
            BigDecimal nanos = number.multiply(NANOS_PER_SECOND).divideToIntegralValue(from);
            BigDecimal[] parts = nanos.divideAndRemainder(NANOS_PER_SECOND);
            return Instant.ofEpochSecond(parts[0].longValueExact(), parts[1].longValue());
        } catch (DateTimeException | ArithmeticException notATime) {
            return null;
        }
    }
}
