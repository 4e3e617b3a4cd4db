package io.segmentdo.identity;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.segmentdo.event.Event;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import org.apache.commons.codec.digest.MurmurHash3;

/** Takes the traits out of an event as pieces of its bytes, without building a tree. Pure. */
final class TraitReader {
    private static final JsonFactory JSON = new JsonFactory();

    private TraitReader() {}

    /**
     * The top-level {@code traits} of an event.
     *
     * @throws UncheckedIOException when its JSON is broken
     */
    static TraitRow read(Event event) {
        byte[] json = event.json().bytes();
        TraitRow row = new TraitRow();
        try (JsonParser parser = JSON.createParser(json)) {
            parser.nextToken();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                JsonToken value = parser.nextToken();
                if (value == JsonToken.START_OBJECT && name.equals("traits")) {
                    readTraits(parser, event, json, row);
                } else {
                    parser.skipChildren();
                }
            }
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
        return row;
    }

    private static void readTraits(JsonParser parser, Event event, byte[] json, TraitRow row) throws IOException {
        long atMillis = Math.min(event.timestampMillis(), event.receivedAtMillis());
        byte[] messageId = Frames.utf8(event.messageId());
        long tie = MurmurHash3.hash128x64(messageId, 0, messageId.length, 0)[0];
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            parser.nextToken();
            int start = (int) parser.currentTokenLocation().getByteOffset();
            parser.skipChildren();
            parser.finishToken();
            int end = (int) parser.currentLocation().getByteOffset();
            byte[] value = Arrays.copyOfRange(json, start, end);
            row.put(name, new TraitRow.Value(atMillis, tie, event.source(), value));
        }
    }
}
