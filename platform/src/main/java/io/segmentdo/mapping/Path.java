package io.segmentdo.mapping;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The way to a value inside an event, split once.
 *
 * <p>A value on the way that is empty for JavaScript (null, false, 0, the empty text) ends the walk and is the result;
 * any other value without members leads to {@link Absent#ABSENT}. Immutable.
 */
final class Path implements Expression {
    private static final Pattern DELIMITER = Pattern.compile("\\[(?=[\"'\\d])|\\.|(?<=[\"'\\d])]+");
    private static final Pattern PLAIN_DELIMITER = Pattern.compile("[\\[\\].]");
    private static final Pattern QUOTE = Pattern.compile("['\"]");
    private final String[] keys;

    private Path(List<String> keys) {
        // so are the names in events that Jackson has parsed: most are found without a look at their characters
        this.keys = keys.stream().map(String::intern).toArray(String[]::new);
    }

    /**
     * A path of a mapping: {@code a.b}, {@code a[0]}, {@code a['b c']}; the empty one and {@code .} are the whole event,
     * {@code a[b]} is one key.
     */
    static Path of(String text) {
        var keys = new ArrayList<String>();
        for (String key : DELIMITER.split(text, -1)) {
            if (!key.isEmpty()) {
                keys.add(QUOTE.matcher(key).replaceAll(""));
            }
        }
        return new Path(keys);
    }

    /** A path of an FQL expression: separated by dots and brackets, nothing is quoted. */
    static Path ofFql(String text) {
        var keys = new ArrayList<String>();
        for (String key : PLAIN_DELIMITER.split(text, -1)) {
            if (!key.isEmpty()) {
                keys.add(key);
            }
        }
        return new Path(keys);
    }

    /** The first key, or the empty text where the path is the whole event. */
    String first() {
        return keys.length == 0 ? "" : keys[0];
    }

    /** The path without its first key. */
    Path rest() {
        return new Path(List.of(keys).subList(1, keys.length));
    }

    @Override
    public @Nullable Object evaluate(Scope scope) {
        return find(scope.root());
    }

    /** The value at the end of the path. */
    @Nullable
    Object find(@Nullable Object root) {
        if (keys.length == 1 && root instanceof Map<?, ?> map) { // nearly every path
            return member(map, keys[0]);
        }
        Object at = root;
        for (String key : keys) {
            if (at instanceof Map<?, ?> map) {
                at = member(map, key);
                if (at == Absent.ABSENT) {
                    return at;
                }
            } else if (at instanceof List<?> list) {
                at = element(list, key);
            } else {
                return JsValues.isFalsy(at) ? at : Absent.ABSENT;
            }
        }
        return at;
    }

    @SuppressWarnings("unchecked") // nothing is put into the map
    private static @Nullable Object member(Map<?, ?> map, String key) {
        return ((Map<Object, @Nullable Object>) map).getOrDefault(key, Absent.ABSENT);
    }

    private static @Nullable Object element(List<?> list, String key) {
        int index = 0;
        for (int i = 0; i < key.length(); i++) {
            char digit = key.charAt(i);
            if (digit < '0' || digit > '9' || index > list.size()) {
                return Absent.ABSENT;
            }
            index = index * 10 + (digit - '0');
        }
        return index < list.size() ? list.get(index) : Absent.ABSENT;
    }
}
