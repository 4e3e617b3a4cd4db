package io.segmentdo.warehouse.replay;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.segmentdo.event.Event;
import io.segmentdo.event.EventType;
import io.segmentdo.event.Utf8Json;
import io.segmentdo.problem.PlatformException;
import io.segmentdo.problem.Problem;
import io.segmentdo.warehouse.engine.Head;
import io.segmentdo.warehouse.engine.RowSink;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Rows of the events table as the events that they were: every member is in some column, and goes back to its place.
 * Confined to one thread.
 */
final class PastEvents implements RowSink {
    static final String COLUMNS =
            "message_id, type, event, name, category, user_id, anonymous_id, group_id, previous_id,"
                    + " profile_id, source, channel, epoch_us(timestamp) AS at, epoch_us(received_at) AS received,"
                    + " epoch_us(original_timestamp) AS original, epoch_us(sent_at) AS sent, properties, traits, context,"
                    + " integrations, extra";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final JsonFactory FACTORY = new JsonFactory();
    private static final Map<String, String> TEXTS = Map.of(
            "event", "event",
            "name", "name",
            "category", "category",
            "user_id", "userId",
            "anonymous_id", "anonymousId",
            "group_id", "groupId",
            "previous_id", "previousId",
            "channel", "channel");
    private static final List<String> OBJECTS = List.of("properties", "traits", "context", "integrations");
    private static final DateTimeFormatter MILLIS = DateTimeFormatter.ofPattern(
                    "uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter MICROS = DateTimeFormatter.ofPattern(
                    "uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private final String workspace;
    private final ByteArrayOutputStream lines = new ByteArrayOutputStream();
    private long lastMicros;

    PastEvents(String workspace) {
        this.workspace = workspace;
    }

    @Override
    public void head(Head head) {
        // the columns are ours
    }

    @Override
    public void data(byte[] bytes) {
        lines.writeBytes(bytes);
    }

    /** The events that have come. */
    List<ReplayTarget.Past> events() {
        List<ReplayTarget.Past> events = new ArrayList<>();
        for (String line : lines.toString(StandardCharsets.UTF_8).lines().toList()) {
            try {
                events.add(event(JSON.readTree(line)));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return events;
    }

    /** The time of the last one, in microseconds. */
    long lastMicros() {
        return lastMicros;
    }

    private ReplayTarget.Past event(JsonNode row) throws IOException {
        EventType type = EventType.find(row.path("type").asText());
        if (type == null) {
            throw new PlatformException(Problem.STORAGE_FAILED, "an event of type " + row.path("type"));
        }
        lastMicros = row.path("at").asLong();
        return new ReplayTarget.Past(
                row.path("profile_id").asText(),
                new Event(
                        type,
                        workspace,
                        row.path("source").asText(),
                        row.path("message_id").asText(),
                        text(row, "user_id"),
                        text(row, "anonymous_id"),
                        text(row, "group_id"),
                        text(row, "previous_id"),
                        Math.floorDiv(lastMicros, 1000),
                        Math.floorDiv(row.path("received").asLong(), 1000),
                        Utf8Json.of(json(row))));
    }

    private static @Nullable String text(JsonNode row, String column) {
        return row.path(column).isTextual() ? row.path(column).asText() : null;
    }

    private static byte[] json(JsonNode row) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(1024);
        try (JsonGenerator out = FACTORY.createGenerator(bytes)) {
            out.writeStartObject();
            out.writeStringField("type", row.path("type").asText());
            out.writeStringField("messageId", row.path("message_id").asText());
            for (Map.Entry<String, String> member : TEXTS.entrySet()) {
                String text = text(row, member.getKey());
                if (text != null) {
                    out.writeStringField(member.getValue(), text);
                }
            }
            time(out, "timestamp", row.path("at"));
            time(out, "originalTimestamp", row.path("original"));
            time(out, "sentAt", row.path("sent"));
            time(out, "receivedAt", row.path("received"));
            for (String object : OBJECTS) {
                String text = text(row, object);
                if (text != null) {
                    out.writeFieldName(object);
                    out.writeRawValue(text);
                }
            }
            String extra = text(row, "extra");
            if (extra != null) {
                for (Map.Entry<String, JsonNode> member : JSON.readTree(extra).properties()) {
                    out.writeFieldName(member.getKey());
                    out.writeRawValue(member.getValue().toString());
                }
            }
            out.writeEndObject();
        }
        return bytes.toByteArray();
    }

    private static void time(JsonGenerator out, String name, JsonNode micros) throws IOException {
        if (micros.isNumber()) {
            long value = micros.asLong();
            Instant time =
                    Instant.ofEpochSecond(Math.floorDiv(value, 1_000_000), Math.floorMod(value, 1_000_000L) * 1000);
            out.writeStringField(name, (value % 1000 == 0 ? MILLIS : MICROS).format(time));
        }
    }
}
