package io.segmentdo.connector;

import io.segmentdo.mapping.Mapping;
import io.segmentdo.mapping.Scope;
import java.net.URI;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The shape that a value must have: its type, its limits and its members. A value of another type is made into one where
 * that loses nothing ({@code "5"} into 5, one value into a list of it), as Segment's destinations do it.
 *
 * <p>Immutable.
 *
 * @param type any, text, number, integer, boolean, datetime, list or object
 * @param many whether it is a list of such values
 * @param nullable whether null stays
 * @param choices the only values, or none for all
 * @param format email, uri, date-time, ipv4 or empty
 * @param min the least number, or length of a text
 * @param max the greatest number, or length of a text
 * @param members of an object, or none for any
 * @param open whether other members stay
 */
record ValueShape(
        String type,
        boolean many,
        boolean nullable,
        Set<Object> choices,
        String format,
        int min,
        int max,
        Map<String, FieldPlan> members,
        boolean open) {
    static final String[] TYPES = {"any", "text", "number", "integer", "boolean", "datetime", "list", "object"};

    private static final Mapping AS_TEXT = Mapping.compile(Map.of("@template", "{{.}}"));
    private static final Mapping AS_NUMBER =
            Mapping.compile(Map.of("@cast", Map.of("value", Map.of("@path", "."), "to", "number")));
    private static final Pattern EMAIL = Pattern.compile(
            "[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*@(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\\.)+[a-z0-9](?:[a-z0-9-]*[a-z0-9])?",
            Pattern.CASE_INSENSITIVE);
    private static final Pattern IPV4 =
            Pattern.compile("(?:(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)\\.){3}(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)");

    ValueShape {
        choices = Set.copyOf(choices);
    }

    /** Reads the members of a field's declaration that speak of its shape. */
    static ValueShape read(YamlObject field, Map<String, FieldPlan> members) {
        var choices = new LinkedHashSet<Object>();
        if (field.takes("choices", SchemaNode.Kind.PLAIN).raw("choices") instanceof List<?> list && !list.isEmpty()) {
            list.forEach(choice -> choices.add(Objects.requireNonNullElse(choice, "")));
        } else if (field.has("choices")) {
            field.problem("choices", "a list of values");
        }
        return new ValueShape(
                field.choice("type", TYPES),
                field.flag("many"),
                field.flag("nullable"),
                choices,
                field.choice("format", "", "email", "uri", "date-time", "ipv4"),
                field.count("min", Integer.MIN_VALUE),
                field.count("max", Integer.MAX_VALUE),
                members,
                members.isEmpty() || field.flag("open"));
    }

    /** The type in words. */
    String describe() {
        String one = choices.isEmpty()
                ? type
                : type + " ("
                        + String.join(
                                ", ",
                                choices.stream().map(String::valueOf).sorted().toList()) + ")";
        return many ? "list of " + one : one;
    }

    /** Whether a value counts as none: null, and an empty text where none is wanted. */
    boolean isMissing(@Nullable Object value, boolean outermost) {
        return (value == null && !nullable) || ("".equals(value) && (outermost || !takesText()));
    }

    private boolean takesText() {
        return !many && (type.equals("text") || type.equals("any") || type.equals("datetime"));
    }

    /**
     * A value in this shape.
     *
     * @throws RefusedException where it cannot be
     */
    @Nullable
    Object convert(@Nullable Object value, String place) throws RefusedException {
        if (value == null && nullable) {
            return null;
        }
        if (!many && !type.equals("list")) {
            return single(value, place);
        }
        if (type.equals("any") || type.equals("list")) {
            return value instanceof List<?> ? value : List.of(Objects.requireNonNullElse(value, ""));
        }
        var list = new ArrayList<@Nullable Object>();
        int index = 0;
        for (Object element : value instanceof List<?> given ? given : List.of(Objects.requireNonNullElse(value, ""))) {
            if (element != null && (!element.equals("") || type.equals("text"))) {
                list.add(single(element, place + "/" + index));
            }
            index++;
        }
        return list;
    }

    private @Nullable Object single(@Nullable Object value, String place) throws RefusedException {
        if (type.equals("any")) {
            return value;
        }
        if (type.equals("object")) {
            return object(value, place);
        }
        Object scalar = value instanceof List<?> list && list.size() == 1 ? list.getFirst() : value;
        Object converted = scalar instanceof Map<?, ?> || scalar instanceof List<?> ? null : scalar(scalar);
        if (converted == null) {
            throw new RefusedException(place + ": not of type " + type);
        }
        check(converted, place);
        return converted;
    }

    private @Nullable Object scalar(@Nullable Object value) {
        return switch (type) {
            case "text" -> AS_TEXT.apply(Scope.of(value));
            case "number", "integer" -> number(value);
            case "boolean" -> truth(value);
            default -> value instanceof Number ? value : AS_TEXT.apply(Scope.of(value));
        };
    }

    private @Nullable Object number(@Nullable Object value) {
        Object number = switch (value) {
            case null -> 0;
            case Number given -> given;
            case Boolean truth -> truth ? 1 : 0;
            default -> AS_NUMBER.apply(Scope.of(value));
        };
        boolean isWhole = number instanceof Number some && some.doubleValue() % 1 == 0;
        return type.equals("integer") && !isWhole ? null : number;
    }

    private static @Nullable Object truth(@Nullable Object value) {
        return switch (value) {
            case null -> false;
            case Boolean truth -> truth;
            case Number number -> bit(number.doubleValue());
            case String text -> word(text);
            default -> null;
        };
    }

    private static @Nullable Object bit(double number) {
        if (number == 0 || number == 1) {
            return number == 1;
        }
        return null;
    }

    private static @Nullable Object word(String text) {
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> null;
        };
    }

    private void check(Object value, String place) throws RefusedException {
        if (!choices.isEmpty() && !choices.contains(value)) {
            throw new RefusedException(place + ": none of the choices");
        }
        if (value instanceof String text) {
            if (isOutside(text.codePointCount(0, text.length()))) {
                throw new RefusedException(place + ": too short or too long a text");
            }
            if (!hasFormat(text)) {
                throw new RefusedException(place + ": not of the format " + format);
            }
        } else if (value instanceof Number number && isOutside(number.doubleValue())) {
            throw new RefusedException(place + ": out of range");
        }
    }

    private boolean isOutside(double amount) {
        return (min > Integer.MIN_VALUE && amount < min) || (max < Integer.MAX_VALUE && amount > max);
    }

    private boolean hasFormat(String text) {
        return switch (format) {
            case "email" -> EMAIL.matcher(text).matches();
            case "ipv4" -> IPV4.matcher(text).matches();
            case "uri" -> isUri(text);
            case "date-time" -> isDateTime(text);
            default -> true;
        };
    }

    private static boolean isUri(String text) {
        try {
            return URI.create(text).isAbsolute();
        } catch (IllegalArgumentException invalid) {
            return false;
        }
    }

    private static boolean isDateTime(String text) {
        try {
            OffsetDateTime.parse(text.replace(' ', 'T'));
            return true;
        } catch (DateTimeException invalid) {
            return false;
        }
    }

    private Object object(@Nullable Object value, String place) throws RefusedException {
        if (!(value instanceof Map<?, ?> map)) {
            throw new RefusedException(place + ": not of type object");
        }
        if (members.isEmpty()) {
            return map;
        }
        Map<String, @Nullable Object> given = new LinkedHashMap<>();
        map.forEach((key, member) -> given.put(String.valueOf(key), member));
        return FieldPlan.convert(members, given, place + "/", open);
    }
}
