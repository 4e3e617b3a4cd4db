package io.segmentdo.mapping;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Filters of lists in Liquid templates; a value that is no list counts as a list of it alone. Pure. */
final class LiquidListFilters {
    private LiquidListFilters() {}

    static void addTo(Map<String, LiquidFilter> filters) {
        filters.put("size", (value, arguments) -> size(value));
        filters.put("first", (value, arguments) -> value instanceof List<?> l && !l.isEmpty() ? l.getFirst() : "");
        filters.put("last", (value, arguments) -> value instanceof List<?> l && !l.isEmpty() ? l.getLast() : "");
        filters.put("join", (value, arguments) -> join(value, arguments.text(0, " ")));
        filters.put("compact", (value, arguments) -> value instanceof List<?> list ? compact(list) : value);
        filters.put("slice", LiquidListFilters::slice);
        filters.put("sum", LiquidListFilters::sum);
        filters.put("where", LiquidListFilters::where);
        filters.put("push", (value, arguments) -> with(value, size(list(value)), arguments));
        filters.put("unshift", (value, arguments) -> with(value, 0, arguments));
        filters.put("pop", (value, arguments) -> part(list(value), 0, size(list(value)) - 1));
        filters.put("shift", (value, arguments) -> part(list(value), 1, size(list(value))));
    }

    private static List<?> list(@Nullable Object value) {
        if (value instanceof List<?> list) {
            return list;
        }
        return value == null ? List.of() : List.of(value);
    }

    private static List<?> part(List<?> list, int from, int to) {
        return from < to ? list.subList(from, to) : List.of();
    }

    private static int size(@Nullable Object value) {
        return switch (value) {
            case String text -> text.length();
            case List<?> list -> list.size();
            case null -> 0;
            default -> 0;
        };
    }

    private static String join(@Nullable Object value, String separator) {
        if (!(value instanceof List<?> list)) {
            return LiquidValue.text(value);
        }
        var joined = new StringBuilder();
        for (int i = 0; i < list.size(); i++) {
            TextLimit.check(joined.append(i == 0 ? "" : separator).append(LiquidValue.text(list.get(i))));
        }
        return joined.toString();
    }

    private static List<?> compact(List<?> list) {
        return list.stream().filter(Objects::nonNull).toList();
    }

    private static @Nullable Object slice(@Nullable Object value, LiquidFilter.Arguments arguments) {
        boolean isList = value instanceof List<?>;
        String text = isList ? "" : LiquidValue.text(value);
        int size = isList ? size(value) : text.length();
        int begin = (int) arguments.number(0, 0);
        int from = Math.clamp(begin < 0 ? begin + size : begin, 0, size);
        int to = Math.clamp(from + (long) arguments.number(1, 1), from, size);
        return value instanceof List<?> list ? new ArrayList<>(list.subList(from, to)) : text.substring(from, to);
    }

    /** Of the items, or of what they have under a path; what is no number counts for nothing. */
    private static double sum(@Nullable Object value, LiquidFilter.Arguments arguments) {
        Path path = Path.of(arguments.text(0, ""));
        double sum = 0;
        for (Object item : list(value)) {
            double number = LiquidValue.number(Absent.toNull(path.find(item)));
            sum += Double.isNaN(number) ? 0 : number;
        }
        return sum;
    }

    /** The items that have a certain value under a path, or any that is true. */
    private static List<?> where(@Nullable Object value, LiquidFilter.Arguments arguments) {
        Path path = Path.of(arguments.text(0, ""));
        boolean isAnyTrue = arguments.values().size() < 2;
        return list(value).stream()
                .filter(item -> {
                    Object found = Absent.toNull(path.find(item));
                    return isAnyTrue
                            ? LiquidValue.isTrue(found)
                            : LiquidValue.compare(
                                    found, "==", arguments.values().get(1));
                })
                .toList();
    }

    private static List<?> with(@Nullable Object value, int at, LiquidFilter.Arguments arguments) {
        var more = new ArrayList<@Nullable Object>(list(value));
        more.add(at, arguments.values().isEmpty() ? null : arguments.values().getFirst());
        return more;
    }
}
