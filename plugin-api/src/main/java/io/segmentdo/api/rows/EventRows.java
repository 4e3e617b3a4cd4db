package io.segmentdo.api.rows;

import io.segmentdo.api.Json;
import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which rows an event becomes: those of Segment's warehouse schema.
 *
 * <p>Every call has a table: {@code tracks}, {@code identifies}, {@code pages}, {@code screens}, {@code groups}, {@code
 * aliases}; a track call has a second row, with its properties, in the table of its event. Nested objects are columns
 * joined by underscores, lists are texts in JSON, dates are moments. A property that is called like one of the columns
 * that every table has comes as {@code properties_<name>}. Safe for concurrent use.
 */
public final class EventRows {
    /** The column that a row is known by. */
    public static final String ID = "id";

    private static final int DEPTH_MAX = 5;
    private static final Pattern MOMENT =
            Pattern.compile("\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}(:\\d{2}(\\.\\d{1,9})?)?(Z|[+-]\\d{2}:?\\d{2})");
    private static final Map<String, String> TABLES = Map.of(
            "track", "tracks",
            "identify", "identifies",
            "page", "pages",
            "screen", "screens",
            "group", "groups",
            "alias", "aliases");

    /** Columns by members of the event, in the order of the tables. */
    private static final Map<String, String> ENVELOPE = envelope();

    private final Json json;
    private final boolean hasEventTables;

    /**
     * Rows for a warehouse.
     *
     * @param json writes what becomes a text in JSON
     * @param hasEventTables whether there is a table for each event of track calls
     */
    public EventRows(Json json, boolean hasEventTables) {
        this.json = json;
        this.hasEventTables = hasEventTables;
    }

    private static Map<String, String> envelope() {
        Map<String, String> columns = new LinkedHashMap<>();
        columns.put("messageId", ID);
        for (String member : List.of(
                "receivedAt",
                "sentAt",
                "originalTimestamp",
                "timestamp",
                "anonymousId",
                "userId",
                "groupId",
                "previousId")) {
            columns.put(member, ColumnName.of(member).orElseThrow());
        }
        columns.put("name", "name");
        columns.put("category", "category");
        return columns;
    }

    /** The rows of an event: one, or two for a track call; none for a call of another type. */
    public List<Row> of(Map<String, Object> event) {
        String type = String.valueOf(event.get("type"));
        String table = TABLES.get(type);
        if (table == null) {
            return List.of();
        }
        Map<String, Object> common = common(event);
        if (!type.equals("track")) {
            return List.of(new Row(table, withDetails(common, event)));
        }
        String name = String.valueOf(event.getOrDefault("event", ""));
        Optional<String> column = ColumnName.of(name);
        common.put("event", column.orElse(""));
        common.put("event_text", name);
        List<Row> rows = new ArrayList<>(List.of(new Row(table, common)));
        if (hasEventTables && column.isPresent()) {
            String own = TABLES.containsValue(column.get()) ? "event_" + column.get() : column.get();
            rows.add(new Row(own, withDetails(common, event)));
        }
        return rows;
    }

    /** All of an event in one row, whatever its type. */
    public Row whole(Map<String, Object> event) {
        Map<String, Object> values = common(event);
        values.put("type", String.valueOf(event.get("type")));
        if (event.get("event") instanceof String name) {
            values.put("event", name);
        }
        return new Row("events", withDetails(values, event));
    }

    private Map<String, Object> common(Map<String, Object> event) {
        Map<String, Object> values = new LinkedHashMap<>();
        ENVELOPE.forEach((member, column) -> {
            Object value = event.get(member);
            if (value != null) {
                put(values, column, column.equals(ID) ? String.valueOf(value) : value, 0);
            }
        });
        members(event.get("context")).forEach((name, value) -> put(values, "context_" + name, value, 0));
        return values;
    }

    private Map<String, Object> withDetails(Map<String, Object> common, Map<String, Object> event) {
        Map<String, Object> values = new LinkedHashMap<>(common);
        for (String section : List.of("properties", "traits")) {
            members(event.get(section)).forEach((name, value) -> {
                boolean isTaken = ColumnName.of(name)
                        .map(column -> values.containsKey(column) || ENVELOPE.containsValue(column))
                        .orElse(false);
                put(values, isTaken ? section + "_" + name : name, value, 0);
            });
        }
        return values;
    }

    private void put(Map<String, Object> values, String name, Object value, int depth) {
        if (value instanceof Map<?, ?> nested && depth < DEPTH_MAX) {
            members(nested).forEach((member, inner) -> put(values, name + "_" + member, inner, depth + 1));
            return;
        }
        ColumnName.of(name).ifPresent(column -> values.putIfAbsent(column, scalar(value)));
    }

    private Object scalar(Object value) {
        return switch (value) {
            case String text -> moment(text);
            case Number number -> number;
            case Boolean flag -> flag;
            default -> new String(json.write(value), StandardCharsets.UTF_8);
        };
    }

    private static Object moment(String text) {
        if (MOMENT.matcher(text).matches()) {
            try {
                return OffsetDateTime.parse(
                                text.endsWith("Z") || text.charAt(text.length() - 3) == ':'
                                        ? text
                                        : text.substring(0, text.length() - 2) + ":"
                                                + text.substring(text.length() - 2))
                        .toInstant();
            } catch (DateTimeParseException noDate) {
                return text;
            }
        }
        return text;
    }

    /** The members of an object that have a value. */
    private static Map<String, Object> members(@Nullable Object object) {
        Map<String, Object> members = new LinkedHashMap<>();
        if (object instanceof Map<?, ?> map) {
            map.forEach((name, value) -> {
                if (value != null) {
                    members.put(String.valueOf(name), value);
                }
            });
        }
        return members;
    }
}
