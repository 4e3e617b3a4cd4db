package io.segmentdo.warehouse.load;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.segmentdo.event.Event;
import io.segmentdo.event.Utf8Json;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.TreeMap;
import org.apache.commons.codec.digest.MurmurHash3;
import org.jspecify.annotations.Nullable;

/**
 * The traits of a person or group: per name the last value in event time, as identity decides it.
 *
 * <p>Merging is commutative and idempotent, so events may come in any order and more than once. Confined to its thread.
 */
final class ProfileState {
    private static final JsonFactory JSON = new JsonFactory();

    /** One value; {@code null} in JSON when the trait was unset. */
    private record Value(long atMillis, long tie, String json) {
        boolean wins(Value other) {
            if (atMillis != other.atMillis) {
                return atMillis > other.atMillis;
            }
            return tie != other.tie ? tie > other.tie : json.compareTo(other.json) > 0;
        }
    }

    private final TreeMap<String, Value> values = new TreeMap<>();
    private @Nullable String userId;
    private @Nullable String anonymousId;
    private long userIdAt = Long.MIN_VALUE;
    private long anonymousIdAt = Long.MIN_VALUE;
    private long firstMillis = Long.MAX_VALUE;
    private long lastMillis = Long.MIN_VALUE;

    /** What an identify or group call says. */
    void add(Event event) {
        long at = Math.min(event.timestampMillis(), event.receivedAtMillis());
        seen(at, at);
        ids(event.userId(), event.anonymousId(), at);
        byte[] messageId = event.messageId().getBytes(StandardCharsets.UTF_8);
        long tie = MurmurHash3.hash128x64(messageId, 0, messageId.length, 0)[0];
        byte[] json = event.json().bytes();
        try (JsonParser parser = JSON.createParser(json)) {
            parser.nextToken();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                boolean isTraits = parser.currentName().equals("traits");
                if (parser.nextToken() == JsonToken.START_OBJECT && isTraits) {
                    while (parser.nextToken() == JsonToken.FIELD_NAME) {
                        put(parser.currentName(), new Value(at, tie, next(parser, json)));
                    }
                } else {
                    parser.skipChildren();
                }
            }
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    /** The JSON of the value behind the name at which the parser stands. */
    private static String next(JsonParser parser, byte[] json) throws IOException {
        parser.nextToken();
        int start = (int) parser.currentTokenLocation().getByteOffset();
        parser.skipChildren();
        parser.finishToken();
        int end = (int) parser.currentLocation().getByteOffset();
        return new String(Arrays.copyOfRange(json, start, end), StandardCharsets.UTF_8);
    }

    void merge(ProfileState other) {
        other.values.forEach(this::put);
        if (other.userId != null && other.userIdAt >= userIdAt) {
            userId = other.userId;
            userIdAt = other.userIdAt;
        }
        if (other.anonymousId != null && other.anonymousIdAt >= anonymousIdAt) {
            anonymousId = other.anonymousId;
            anonymousIdAt = other.anonymousIdAt;
        }
        seen(other.firstMillis, other.lastMillis);
    }

    void ids(@Nullable String user, @Nullable String anonymous, long atMillis) {
        if (user != null && atMillis >= userIdAt) {
            userId = user;
            userIdAt = atMillis;
        }
        if (anonymous != null && atMillis >= anonymousIdAt) {
            anonymousId = anonymous;
            anonymousIdAt = atMillis;
        }
    }

    void seen(long first, long last) {
        firstMillis = Math.min(firstMillis, first);
        lastMillis = Math.max(lastMillis, last);
    }

    private void put(String name, Value value) {
        values.merge(name, value, (old, next) -> next.wins(old) ? next : old);
    }

    @Nullable
    String userId() {
        return userId;
    }

    @Nullable
    String anonymousId() {
        return anonymousId;
    }

    long firstMillis() {
        return firstMillis;
    }

    long lastMillis() {
        return lastMillis;
    }

    /** The traits that are set, as a JSON object. */
    String traits() {
        return write(generator -> {
            for (var entry : values.entrySet()) {
                if (!entry.getValue().json.equals("null")) {
                    generator.writeFieldName(entry.getKey());
                    generator.writeRawValue(entry.getValue().json);
                }
            }
        });
    }

    /** When each trait was said, also those that were unset: {@code {"plan":[1763640000000,-17]}}. */
    String times() {
        return write(generator -> {
            for (var entry : values.entrySet()) {
                generator.writeFieldName(entry.getKey());
                generator.writeStartArray();
                generator.writeNumber(entry.getValue().atMillis);
                generator.writeNumber(entry.getValue().tie);
                generator.writeEndArray();
            }
        });
    }

    /** Takes what {@link #traits} and {@link #times} have written. */
    void read(String traits, String times) {
        byte[] traitBytes = traits.getBytes(StandardCharsets.UTF_8);
        TreeMap<String, String> set = new TreeMap<>();
        try (JsonParser parser = JSON.createParser(traitBytes);
                JsonParser stamps = JSON.createParser(times)) {
            parser.nextToken();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                set.put(parser.currentName(), next(parser, traitBytes));
            }
            stamps.nextToken();
            while (stamps.nextToken() == JsonToken.FIELD_NAME) {
                String name = stamps.currentName();
                stamps.nextToken();
                long at = stamps.nextLongValue(0);
                long tie = stamps.nextLongValue(0);
                stamps.nextToken();
                put(name, new Value(at, tie, set.getOrDefault(name, "null")));
            }
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    /** Takes a profile as identity knows it, see {@link io.segmentdo.event.ProfileFact#snapshot}. */
    void readSnapshot(Utf8Json snapshot) {
        byte[] json = snapshot.bytes();
        try (JsonParser parser = JSON.createParser(json)) {
            parser.nextToken();
            long first = Long.MAX_VALUE;
            long last = Long.MIN_VALUE;
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                switch (parser.currentName()) {
                    case "userId" -> userId = parser.nextTextValue();
                    case "anonymousId" -> anonymousId = parser.nextTextValue();
                    case "firstSeen" -> first = parser.nextLongValue(0);
                    case "lastSeen" -> last = parser.nextLongValue(0);
                    default -> readSnapshotTraits(parser, json);
                }
            }
            seen(first, last);
            userIdAt = last;
            anonymousIdAt = last;
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    private void readSnapshotTraits(JsonParser parser, byte[] json) throws IOException {
        parser.nextToken();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            String value = "null";
            long at = 0;
            long tie = 0;
            parser.nextToken();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                switch (parser.currentName()) {
                    case "at" -> at = parser.nextLongValue(0);
                    case "tie" -> tie = parser.nextLongValue(0);
                    default -> value = next(parser, json);
                }
            }
            put(name, new Value(at, tie, value));
        }
    }

    private interface Members {
        void write(JsonGenerator generator) throws IOException;
    }

    private static String write(Members members) {
        StringWriter text = new StringWriter();
        try (JsonGenerator generator = JSON.createGenerator(text)) {
            generator.writeStartObject();
            members.write(generator);
            generator.writeEndObject();
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return text.toString();
    }
}
