package io.segmentdo.identity;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.segmentdo.event.Event;
import io.segmentdo.event.Utf8Json;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Writes the account of a person into events that name none, as {@code context.groupId}. Pure. */
final class GroupContext {
    private static final JsonFactory JSON = new JsonFactory();

    private GroupContext() {}

    /** The event with the account, or itself when it names one already. */
    static Event add(Event event, String groupId) {
        byte[] json = event.json().bytes();
        try (JsonParser parser = JSON.createParser(json)) {
            parser.nextToken();
            int top = (int) parser.currentLocation().getByteOffset();
            boolean isEmpty = true;
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                isEmpty = false;
                String name = parser.currentName();
                if (parser.nextToken() == JsonToken.START_OBJECT && name.equals("context")) {
                    return addToContext(event, groupId, parser);
                }
                parser.skipChildren();
            }
            return insert(event, top, "\"context\":{" + field(groupId) + "}" + (isEmpty ? "" : ","));
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    private static Event addToContext(Event event, String groupId, JsonParser parser) throws IOException {
        int start = (int) parser.currentLocation().getByteOffset();
        boolean isEmpty = true;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            isEmpty = false;
            if (parser.currentName().equals("groupId")) {
                return event;
            }
            parser.nextToken();
            parser.skipChildren();
        }
        return insert(event, start, field(groupId) + (isEmpty ? "" : ","));
    }

    private static String field(String groupId) {
        return "\"groupId\":\"" + String.valueOf(JsonStringEncoder.getInstance().quoteAsString(groupId)) + '"';
    }

    private static Event insert(Event event, int at, String text) {
        byte[] json = event.json().bytes();
        byte[] added = Frames.utf8(text);
        byte[] result = new byte[json.length + added.length];
        System.arraycopy(json, 0, result, 0, at);
        System.arraycopy(added, 0, result, at, added.length);
        System.arraycopy(json, at, result, at + added.length, json.length - at);
        return new Event(
                event.type(),
                event.workspace(),
                event.source(),
                event.messageId(),
                event.userId(),
                event.anonymousId(),
                event.groupId(),
                event.previousId(),
                event.timestampMillis(),
                event.receivedAtMillis(),
                Utf8Json.of(result));
    }
}
