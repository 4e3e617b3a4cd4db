package io.segmentdo.warehouse.load;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.segmentdo.event.Event;
import io.segmentdo.event.IdentifiedEvent;
import io.segmentdo.warehouse.rows.Row;
import io.segmentdo.warehouse.table.WarehouseTable;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoField;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.util.Utf8;
import org.apache.iceberg.types.Types.NestedField;
import org.jspecify.annotations.Nullable;

/**
 * Makes rows of the events table, in one pass over the bytes of an event.
 *
 * <p>Objects go into their JSON columns byte for byte; nothing of an event is in no column. Confined to its thread.
 */
final class EventReader {
    private static final JsonFactory JSON = new JsonFactory();

    private final Map<String, Integer> places = new HashMap<>();
    private final Map<String, Object> context = new HashMap<>();
    /** Types and sources, of which there are few. */
    private final Map<String, Utf8> repeated = new HashMap<>();

    private final ByteArrayOutputStream extra = new ByteArrayOutputStream(256);

    EventReader() {
        List<NestedField> columns = WarehouseTable.EVENTS.schema().columns();
        for (int place = 0; place < columns.size(); place++) {
            places.put(columns.get(place).name(), place);
        }
        WarehouseTable.contextColumns().forEach((column, path) -> addPath(place(column), path));
    }

    @SuppressWarnings("unchecked") // a tree of maps whose leaves are places
    private void addPath(int place, List<String> path) {
        Map<String, Object> level = context;
        for (String member : path.subList(0, path.size() - 1)) {
            level = (Map<String, Object>) level.computeIfAbsent(member, ignored -> new HashMap<String, Object>());
        }
        level.put(path.getLast(), place);
    }

    private int place(String column) {
        Integer place = places.get(column);
        if (place == null) {
            throw new IllegalArgumentException(column);
        }
        return place;
    }

    /** Fills a row with an event; properties go where the columns say. */
    void read(IdentifiedEvent identified, Columns columns, Row row) {
        Event event = identified.event();
        row.clear();
        row.set(place("message_id"), utf8(event.messageId()));
        row.set(place("type"), repeated.computeIfAbsent(event.type().wireName(), text -> new Utf8(text)));
        row.set(place("user_id"), utf8(event.userId()));
        row.set(place("anonymous_id"), utf8(event.anonymousId()));
        row.set(place("group_id"), utf8(event.groupId()));
        row.set(place("previous_id"), utf8(event.previousId()));
        row.set(place("profile_id"), utf8(identified.profileId()));
        row.set(place("source"), repeated.computeIfAbsent(event.source(), text -> new Utf8(text)));
        row.set(place("timestamp"), event.timestampMillis() * 1000);
        row.set(place("received_at"), event.receivedAtMillis() * 1000);
        extra.reset();
        byte[] json = event.json().bytes();
        try (JsonParser parser = JSON.createParser(json)) {
            parser.nextToken();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                member(parser, json, columns, row);
            }
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
        if (extra.size() > 0) {
            extra.write('}');
            row.set(place("extra"), new Utf8(extra.toByteArray()));
        }
    }

    private static @Nullable Utf8 utf8(@Nullable String text) {
        return text == null ? null : new Utf8(text);
    }

    private void member(JsonParser parser, byte[] json, Columns columns, Row row) throws IOException {
        String name = parser.currentName();
        int nameStart = offset(parser);
        JsonToken token = parser.nextToken();
        boolean isStored = switch (name) {
            case "type", "messageId", "userId", "anonymousId", "groupId", "previousId", "timestamp", "receivedAt" -> {
                parser.skipChildren();
                yield true;
            }
            case "event", "name", "category", "channel" -> text(name, parser, token, json, row);
            case "originalTimestamp" -> time("original_timestamp", parser, token, row);
            case "sentAt" -> time("sent_at", parser, token, row);
            case "properties" -> object(name, parser, token, json, row, level -> properties(level, json, columns, row));
            case "traits", "integrations" -> object(name, parser, token, json, row, JsonParser::skipChildren);
            case "context" -> object(name, parser, token, json, row, level -> paths(level, json, context, row));
            default -> false;
        };
        if (!isStored) {
            parser.skipChildren();
            parser.finishToken();
            extra.write(extra.size() == 0 ? '{' : ',');
            extra.write(json, nameStart, end(parser) - nameStart);
        }
    }

    private boolean text(String column, JsonParser parser, JsonToken token, byte[] json, Row row) throws IOException {
        if (token == JsonToken.VALUE_STRING) {
            row.set(place(column), Scalar.text(parser, json));
        }
        return token == JsonToken.VALUE_STRING;
    }

    private boolean time(String column, JsonParser parser, JsonToken token, Row row) throws IOException {
        if (token == JsonToken.VALUE_STRING) {
            Long micros = micros(parser.getText());
            if (micros != null) {
                row.set(place(column), micros);
                return true;
            }
        }
        return false;
    }

    private static @Nullable Long micros(String text) {
        try {
            OffsetDateTime time = OffsetDateTime.parse(text);
            int nanos = time.get(ChronoField.NANO_OF_SECOND);
            return nanos % 1000 == 0 ? time.toEpochSecond() * 1_000_000 + nanos / 1000 : null;
        } catch (DateTimeException e) {
            return null; // kept as it is
        }
    }

    /** Reads the members of an object. */
    private interface Members {
        /** Starts at the beginning of the object and stops at its end. */
        void read(JsonParser parser) throws IOException;
    }

    private boolean object(String column, JsonParser parser, JsonToken token, byte[] json, Row row, Members members)
            throws IOException {
        if (token != JsonToken.START_OBJECT) {
            return false;
        }
        int start = offset(parser);
        members.read(parser);
        row.set(place(column), new Utf8(Arrays.copyOfRange(json, start, end(parser))));
        return true;
    }

    private static void properties(JsonParser parser, byte[] json, Columns columns, Row row) throws IOException {
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            parser.nextToken();
            columns.put(row, name, parser, json);
            parser.skipChildren();
        }
    }

    @SuppressWarnings("unchecked") // a tree of maps whose leaves are places
    private static void paths(JsonParser parser, byte[] json, Map<String, Object> level, Row row) throws IOException {
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            Object next = level.get(parser.currentName());
            JsonToken token = parser.nextToken();
            if (next instanceof Integer place && token.isScalarValue() && token != JsonToken.VALUE_NULL) {
                row.set(place, Scalar.text(parser, json));
            } else if (next instanceof Map<?, ?> below && token == JsonToken.START_OBJECT) {
                paths(parser, json, (Map<String, Object>) below, row);
            } else {
                parser.skipChildren();
            }
        }
    }

    private static int offset(JsonParser parser) {
        return (int) parser.currentTokenLocation().getByteOffset();
    }

    private static int end(JsonParser parser) {
        return (int) parser.currentLocation().getByteOffset();
    }
}
