package io.segmentdo.warehouse.load;

import com.fasterxml.jackson.core.JsonToken;
import io.micrometer.core.instrument.Counter;
import io.segmentdo.warehouse.table.ColumnType;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** Values that did not fit into the columns of their properties; they are in the JSON. Safe for concurrent use. */
public final class Conflicts {
    /**
     * Values of one property that did not fit.
     *
     * @param workspace where they came from
     * @param property the name of the property
     * @param column its column
     * @param expected what the column holds
     * @param found what came instead: {@code string}, {@code number}, {@code boolean}, {@code object} or {@code array}
     * @param count how often, since the start of the node
     */
    public record Conflict(
            String workspace, String property, String column, String expected, String found, long count) {}

    private record Key(String workspace, String property, String column, ColumnType expected, String found) {}

    /** A sender that makes names up must not fill the memory; beyond this conflicts are only counted. */
    private static final int LISTED_MAX = 1_000;

    private final String workspace;
    private final Map<Key, AtomicLong> all;
    private final Counter counter;

    private Conflicts(String workspace, Map<Key, AtomicLong> all, Counter counter) {
        this.workspace = workspace;
        this.all = all;
        this.counter = counter;
    }

    /** None yet. */
    public static Conflicts none(Counter counter) {
        return new Conflicts("", new ConcurrentHashMap<>(), counter);
    }

    /** The same list, for another workspace to add to. */
    Conflicts in(String other) {
        return new Conflicts(other, all, counter);
    }

    void record(String property, String column, ColumnType expected, JsonToken found) {
        counter.increment();
        Key key = new Key(workspace, property, column, expected, nameOf(found));
        AtomicLong count = all.get(key);
        if (count == null && all.size() < LISTED_MAX) {
            count = all.computeIfAbsent(key, ignored -> new AtomicLong());
        }
        if (count != null) {
            count.incrementAndGet();
        }
    }

    private static String nameOf(JsonToken token) {
        return switch (token) {
            case START_OBJECT -> "object";
            case START_ARRAY -> "array";
            case VALUE_TRUE, VALUE_FALSE -> "boolean";
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> "number";
            default -> "string";
        };
    }

    /** The most frequent first. */
    public List<Conflict> list() {
        return all.entrySet().stream()
                .map(entry -> new Conflict(
                        entry.getKey().workspace,
                        entry.getKey().property,
                        entry.getKey().column,
                        entry.getKey().expected.name().toLowerCase(Locale.ROOT),
                        entry.getKey().found,
                        entry.getValue().get()))
                .sorted(Comparator.comparingLong(Conflict::count).reversed())
                .toList();
    }
}
