package io.segmentdo.warehouse.query;

import io.segmentdo.event.EventType;
import io.segmentdo.warehouse.engine.Dataset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.types.Type;

/**
 * The names that queries may read, and the SQL behind them.
 *
 * <p>{@code events} are the stored rows with the profile that each one's person has now; the others are parts of it, or
 * the other tables. Pure.
 */
final class Views {
    static final String EVENTS = "events";
    static final String USERS = "users";
    static final String GROUPS = "groups";
    static final String MERGES = "profile_merges";

    /** The tables behind the views; a query cannot name them. */
    static final String RAW_EVENTS = "raw events";

    static final String RAW_USERS = "raw users";
    static final String RAW_GROUPS = "raw groups";
    static final String RAW_MERGES = "raw profile merges";
    /** Rows of the events without the columns of times, for which others stand in. */
    static final String RAW_ALIKE = "raw events alike";

    private static final String CANONICAL = "canonical profiles";

    /** Columns of events that the views themselves read. */
    static final Set<String> OWN_COLUMNS = Set.of("type", "event", "profile_id", "properties");

    /** Views that are the events of one type. */
    private static final Map<String, EventType> TYPES = types();

    private Views() {}

    private static Map<String, EventType> types() {
        Map<String, EventType> types = new LinkedHashMap<>();
        types.put("tracks", EventType.TRACK);
        types.put("identifies", EventType.IDENTIFY);
        types.put("pages", EventType.PAGE);
        types.put("screens", EventType.SCREEN);
        types.put("group_calls", EventType.GROUP);
        types.put("aliases", EventType.ALIAS);
        return types;
    }

    /** Whether this is a name that is there without any event. */
    static boolean isFixed(String name) {
        return TYPES.containsKey(name) || Set.of(EVENTS, USERS, GROUPS, MERGES).contains(name);
    }

    /** The views over events, with what each of them says about its rows. */
    static Map<String, Expression> overEvents(Map<String, Set<String>> eventNames) {
        Map<String, Expression> implied = new LinkedHashMap<>();
        implied.put(EVENTS, Expressions.alwaysTrue());
        TYPES.forEach((name, type) -> implied.put(name, Expressions.equal("type", type.wireName())));
        eventNames.forEach((name, events) -> {
            Expression any = Expressions.alwaysFalse();
            for (String event : events) {
                any = Expressions.or(any, Expressions.equal("event", event));
            }
            implied.put(name, any);
        });
        return implied;
    }

    /**
     * The SQL of the views that these names need.
     *
     * @param raw the rows of the events, from {@link #raw}
     * @param computed members of properties that have no column of their own, by the name that queries use
     * @param eventNames the events behind each view of one event
     * @param canonical whether profiles are asked for, and some were merged
     */
    static List<Dataset.View> of(
            Set<String> names,
            String raw,
            List<ComputedColumn> computed,
            Map<String, Set<String>> eventNames,
            boolean canonical) {
        List<Dataset.View> views = new ArrayList<>();
        views.add(new Dataset.View(EVENTS, events(raw, computed, canonical)));
        TYPES.forEach((name, type) -> {
            if (names.contains(name)) {
                views.add(new Dataset.View(name, "SELECT * FROM events WHERE type = '" + type.wireName() + "'"));
            }
        });
        eventNames.forEach((name, events) -> views.add(new Dataset.View(
                name,
                "SELECT * FROM events WHERE type = 'track' AND event IN ("
                        + String.join(
                                ", ",
                                events.stream().sorted().map(Views::literal).toList()) + ")")));
        if (names.contains(USERS)) {
            views.add(new Dataset.View(USERS, users(canonical)));
        }
        if (names.contains(GROUPS)) {
            views.add(new Dataset.View(GROUPS, "SELECT * FROM " + quote(RAW_GROUPS)));
        }
        if (names.contains(MERGES)) {
            views.add(new Dataset.View(MERGES, "SELECT * FROM " + quote(RAW_MERGES)));
        }
        return views;
    }

    /** Who was merged into whom, to the end of each chain; the last word about a profile counts. */
    private static final String CANONICAL_SQL = """
            WITH RECURSIVE words AS (
              SELECT other_id AS id, profile_id AS into_id, ledger_fact, occurred_at FROM "raw profile merges"
                WHERE kind = 'merged'
              UNION ALL
              SELECT profile_id, NULL, ledger_fact, occurred_at FROM "raw profile merges" WHERE kind = 'unmerged'),
            edges AS (
              SELECT * FROM (SELECT id, arg_max_null(into_id, (ledger_fact, occurred_at)) AS into_id
                FROM words GROUP BY id) WHERE into_id IS NOT NULL),
            steps(id, root, step) AS (
              SELECT id, into_id, 1 FROM edges
              UNION ALL
              SELECT s.id, e.into_id, s.step + 1 FROM steps s JOIN edges e ON s.root = e.id WHERE s.step < 1000)
            SELECT id, arg_max(root, step) AS root FROM steps GROUP BY id""";

    /** The profile that each merged one has become. */
    static Dataset.Lookup canonical(Dataset.Table merges) {
        return new Dataset.Lookup(merges, new Dataset.View(CANONICAL, CANONICAL_SQL));
    }

    /** The table of the events, or what it is put together of when some rows are alike. */
    static String raw(Map<String, Long> timesOfAlike, boolean others) {
        if (timesOfAlike.isEmpty()) {
            return quote(RAW_EVENTS);
        }
        StringBuilder sql = new StringBuilder("(SELECT *");
        timesOfAlike.forEach((column, micros) ->
                sql.append(", make_timestamptz(").append(micros).append(") AS ").append(quote(column)));
        sql.append(" FROM ").append(quote(RAW_ALIKE));
        if (others) {
            sql.append(" UNION ALL BY NAME SELECT * FROM ").append(quote(RAW_EVENTS));
        }
        return sql.append(')').toString();
    }

    private static String events(String raw, List<ComputedColumn> computed, boolean canonical) {
        StringBuilder sql = new StringBuilder("SELECT e.*");
        if (canonical) {
            sql.append(" REPLACE (coalesce(c.root, e.profile_id) AS profile_id)");
        }
        for (ComputedColumn column : computed) {
            sql.append(", ").append(column.sql());
        }
        sql.append(" FROM ").append(raw).append(" e");
        if (canonical) {
            sql.append(" LEFT JOIN ").append(quote(CANONICAL)).append(" c ON c.id = e.profile_id");
        }
        return sql.toString();
    }

    /** A profile that was merged into another one has no row of its own any more. */
    private static String users(boolean canonical) {
        String all = "SELECT u.* FROM " + quote(RAW_USERS) + " u";
        return canonical ? all + " ANTI JOIN " + quote(CANONICAL) + " c ON c.id = u.profile_id" : all;
    }

    /** The SQL type of a column of Iceberg. */
    static String sqlType(Type type) {
        return switch (type.typeId()) {
            case BOOLEAN -> "BOOLEAN";
            case INTEGER -> "INTEGER";
            case LONG -> "BIGINT";
            case FLOAT -> "FLOAT";
            case DOUBLE -> "DOUBLE";
            case DATE -> "DATE";
            case STRING -> "VARCHAR";
            case TIMESTAMP -> type.toString().equals("timestamptz") ? "TIMESTAMPTZ" : "TIMESTAMP";
            default -> type.toString().toUpperCase(Locale.ROOT);
        };
    }

    static String quote(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    static String literal(String text) {
        return '\'' + text.replace("'", "''") + '\'';
    }
}
