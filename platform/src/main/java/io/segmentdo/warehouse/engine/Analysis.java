package io.segmentdo.warehouse.engine;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a query needs.
 *
 * <p>Immutable.
 *
 * @param uses the tables and views that it reads, one entry for each place where it does, with the bounds that hold there
 * @param defined the names that the query itself gives to tables, in lower case
 * @param columns every name that may be a column, in lower case
 * @param everyColumn whether all columns are asked for, by a {@code *} or otherwise
 * @param compared the columns of times that the query does nothing with but compare them with these times, in microseconds
 *     since 1970: two values between which there is none of them are the same to it
 */
public record Analysis(
        List<Use> uses,
        Set<String> defined,
        Set<String> columns,
        boolean everyColumn,
        Map<String, List<Long>> compared) {
    /** The columns of events whose conditions are looked for. */
    public static final Set<String> BOUNDED =
            Set.of("timestamp", "received_at", "event", "type", "user_id", "message_id", "source");

    /** Those of them that are times. */
    public static final Set<String> TIMES = Set.of("timestamp", "received_at");

    /** How much a time that was computed while the query was read may differ from the one while it runs. */
    public static final long MARGIN_MICROS = 60_000_000;

    /**
     * A place where a table or view is read.
     *
     * @param name of the table or view, in lower case
     * @param offset characters before the name in the text of the query, -1 when unknown
     * @param bounds conditions that every row meets that matters there
     */
    public record Use(String name, int offset, List<Bound> bounds) {
        public Use {
            bounds = List.copyOf(bounds);
        }
    }

    /**
     * A condition on a column.
     *
     * @param column in lower case
     * @param operator {@code <}, {@code <=}, {@code =}, {@code >=} or {@code >}
     * @param text the value as text, or null when it is a time
     * @param micros the value as time, in microseconds since 1970, when it can be read as one
     */
    public record Bound(
            String column,
            String operator,
            @Nullable String text,
            @Nullable Long micros) {}

    public Analysis {
        uses = List.copyOf(uses);
        defined = Set.copyOf(defined);
        columns = Set.copyOf(columns);
        Map<String, List<Long>> copy = new HashMap<>();
        compared.forEach((column, times) -> copy.put(column, List.copyOf(times)));
        compared = Map.copyOf(copy);
    }
}
