package io.segmentdo.event;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Finds in one event what the platform decides by and where it stands, in one pass over its tokens.
 *
 * <p>Positions are those of the bytes, so that the event can later be copied in runs. Whatever is wrong with the event
 * is noted in its draft; only a document that is no JSON ends the pass. Confined to its owner's thread.
 */
final class EventScanner {
    private static final String CONSENT_UPDATE = "Segment Consent Preference Updated";

    private final EventLimits limits;
    private final Tokens tokens;

    EventScanner(EventLimits limits, Tokens tokens) {
        this.limits = limits;
        this.tokens = tokens;
    }

    /**
     * Reads the event whose opening brace is the current token.
     *
     * @param given the type that the path names, null when the event names its own
     */
    void scan(byte[] source, @Nullable EventType given, Draft draft) throws IOException {
        draft.source = source;
        draft.from = tokens.from();
        draft.type = given;
        tokens.blame(draft);
        JsonParser parser = tokens.parser();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            member(parser.currentName(), given, draft);
        }
        draft.to = tokens.to();
        if (draft.timestampFrom < 0) {
            draft.timestampFrom = draft.originalFrom;
            draft.timestampTo = draft.originalTo;
            draft.timestampMillis = draft.originalMillis;
        }
        if (draft.to - draft.from > limits.eventBytes().bytes()) {
            draft.problem = DiscardReason.EXCEED_PAYLOAD_LIMIT;
        }
    }

    private void member(String name, @Nullable EventType given, Draft draft) throws IOException {
        switch (name) {
            case "type" -> type(given, draft);
            case "messageId" -> draft.messageId = id(Draft.MESSAGE_ID, draft);
            case "userId" -> draft.userId = id(Draft.USER_ID, draft);
            case "anonymousId" -> draft.anonymousId = id(Draft.ANONYMOUS_ID, draft);
            case "groupId" -> draft.groupId = id(Draft.GROUP_ID, draft);
            case "previousId" -> draft.previousId = id(Draft.PREVIOUS_ID, draft);
            case "timestamp" -> timestamp(draft);
            case "originalTimestamp" -> originalTimestamp(draft);
            case "sentAt" -> sentAt(draft);
            case "context" -> context(draft);
            case "integrations" -> part(Draft.INTEGRATIONS, draft.integrations, draft);
            case "properties" -> part(Draft.PROPERTIES, draft.properties, draft);
            case "traits" -> part(Draft.TRAITS, draft.traits, draft);
            case "event" -> eventName(draft);
            case "name" -> draft.isNameOther = isOther();
            case "category" -> draft.isCategoryOther = isOther();
            case "channel" -> channel(draft);
            case "writeKey" -> writeKey(draft);
            case "receivedAt", "version", "projectId" -> cut(draft);
            default -> tokens.skip(tokens.next(), 1);
        }
    }

    private void type(@Nullable EventType given, Draft draft) throws IOException {
        mark(Draft.TYPE, draft);
        int from = tokens.from();
        JsonToken value = tokens.next();
        EventType own =
                value == JsonToken.VALUE_STRING ? EventType.find(tokens.parser().getText()) : null;
        tokens.skip(value, 1);
        if (given == null) {
            draft.type = own;
            if (own == null && value != JsonToken.VALUE_NULL) {
                draft.reject(DiscardReason.INVALID_TYPE);
            }
        } else if (own != given) {
            draft.cuts.add(from, tokens.to());
            draft.rewritten |= Draft.TYPE;
        }
    }

    private @Nullable String id(int member, Draft draft) throws IOException {
        mark(member, draft);
        int from = tokens.from();
        JsonToken value = tokens.next();
        tokens.skip(value, 1);
        if (value == JsonToken.VALUE_NULL) {
            return absent(member, from, draft);
        }
        boolean isNumber = value == JsonToken.VALUE_NUMBER_INT || value == JsonToken.VALUE_NUMBER_FLOAT;
        if (value != JsonToken.VALUE_STRING && !isNumber) {
            draft.reject(DiscardReason.ID_NOT_STRING);
            return null;
        }
        String id = tokens.parser().getText();
        if (id.isEmpty()) {
            return absent(member, from, draft);
        }
        if (isNumber) {
            draft.cuts.add(from, tokens.to());
            draft.rewritten |= member;
        }
        checkLength(id, member, draft);
        return id;
    }

    /** A messageId is made where there is none, so the empty member has to go; other ids stay as they were sent. */
    private @Nullable String absent(int member, int from, Draft draft) throws IOException {
        if (member == Draft.MESSAGE_ID) {
            draft.cuts.add(from, tokens.to());
        }
        return null;
    }

    private void checkLength(String id, int member, Draft draft) {
        if (member == Draft.MESSAGE_ID && id.length() > limits.messageIdChars()) {
            draft.reject(DiscardReason.MESSAGE_ID_TOO_LONG);
        } else if (id.length() > limits.idChars()) {
            draft.reject(DiscardReason.ID_TOO_LONG);
        }
    }

    private void timestamp(Draft draft) throws IOException {
        mark(Draft.TIMESTAMP, draft);
        int from = tokens.from();
        JsonToken value = tokens.next();
        int valueFrom = tokens.from();
        draft.timestampMillis = instant(value);
        draft.timestampTo = tokens.to();
        draft.timestampFrom = value == JsonToken.VALUE_NULL ? -1 : valueFrom;
        draft.cuts.add(from, draft.timestampTo);
    }

    private void originalTimestamp(Draft draft) throws IOException {
        mark(Draft.ORIGINAL_TIMESTAMP, draft);
        int from = tokens.from();
        JsonToken value = tokens.next();
        int valueFrom = tokens.from();
        draft.originalMillis = instant(value);
        draft.originalTo = tokens.to();
        draft.originalFrom = value == JsonToken.VALUE_NULL ? -1 : valueFrom;
        draft.cuts.add(from, draft.originalTo);
    }

    private void sentAt(Draft draft) throws IOException {
        mark(Draft.SENT_AT, draft);
        int from = tokens.from();
        JsonToken value = tokens.next();
        draft.sentAtMillis = instant(value);
        if (value == JsonToken.VALUE_NULL) {
            draft.seen &= ~Draft.SENT_AT;
            draft.cuts.add(from, tokens.to());
        }
    }

    /** Passes a value and answers the point in time that it is, or {@link Timestamps#NONE}. */
    long instant(JsonToken value) throws IOException {
        JsonParser parser = tokens.parser();
        long millis = Timestamps.NONE;
        if (value == JsonToken.VALUE_STRING) {
            millis = Timestamps.parse(parser.getTextCharacters(), parser.getTextOffset(), parser.getTextLength());
        } else if (value == JsonToken.VALUE_NUMBER_INT && parser.getTextLength() <= 18) {
            millis = Timestamps.ofNumber(parser.getLongValue());
        }
        tokens.skip(value, 1);
        return millis;
    }

    private void eventName(Draft draft) throws IOException {
        mark(Draft.EVENT, draft);
        JsonToken value = tokens.next();
        tokens.skip(value, 1);
        draft.isEventOther = value != JsonToken.VALUE_STRING && value != JsonToken.VALUE_NULL;
        int length = value == JsonToken.VALUE_STRING ? tokens.parser().getTextLength() : 0;
        draft.isEventNamed = length > 0;
        draft.isConsentUpdate =
                length == CONSENT_UPDATE.length() && tokens.parser().getText().equals(CONSENT_UPDATE);
    }

    /** Passes a value that should be a string or null; true when it is neither. */
    private boolean isOther() throws IOException {
        JsonToken value = tokens.next();
        tokens.skip(value, 1);
        return value != JsonToken.VALUE_STRING && value != JsonToken.VALUE_NULL;
    }

    private void channel(Draft draft) throws IOException {
        mark(Draft.CHANNEL, draft);
        int from = tokens.from();
        draft.hasChannel = tokens.next() == JsonToken.VALUE_STRING;
        tokens.skip(tokens.parser().currentToken(), 1);
        if (!draft.hasChannel) {
            draft.cuts.add(from, tokens.to());
        }
    }

    private void writeKey(Draft draft) throws IOException {
        int from = tokens.from();
        JsonToken value = tokens.next();
        tokens.skip(value, 1);
        draft.writeKey = value == JsonToken.VALUE_STRING ? tokens.parser().getText() : null;
        int to = tokens.to();
        draft.cuts.add(from, to);
        draft.writeKeys.add(from, to);
    }

    private void cut(Draft draft) throws IOException {
        int from = tokens.from();
        tokens.skip(tokens.next(), 1);
        draft.cuts.add(from, tokens.to());
    }

    /** Reads properties, traits or integrations. */
    private void part(int member, Part part, Draft draft) throws IOException {
        mark(member, draft);
        part.clear();
        part.memberFrom = tokens.from();
        JsonToken value = tokens.next();
        if (value == JsonToken.START_OBJECT) {
            partMembers(member, part, draft);
        } else {
            notAnObject(value, part);
        }
        part.memberTo = tokens.to();
    }

    private void partMembers(int member, Part part, Draft draft) throws IOException {
        JsonParser parser = tokens.parser();
        part.form = Part.Form.OBJECT;
        part.from = tokens.from();
        int count = 0;
        int restFrom = -1;
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            if (member == Draft.INTEGRATIONS) {
                part.names.add(parser.currentName());
            } else if (++count == limits.properties() + 1) {
                restFrom = tokens.from();
            }
            tokens.skip(parser.nextToken(), 2);
        }
        if (restFrom >= 0) {
            part.cuts.add(restFrom, tokens.from());
            part.isRewritten = true;
            draft.isTruncated = true;
        }
    }

    /** An empty array is what PHP makes of an empty object. */
    private void notAnObject(JsonToken value, Part part) throws IOException {
        if (value == JsonToken.START_ARRAY && tokens.skipArray(1)) {
            part.isRewritten = true;
        } else if (value == JsonToken.VALUE_NULL) {
            part.form = Part.Form.ABSENT;
        } else {
            part.form = Part.Form.OTHER;
            if (value != JsonToken.START_ARRAY) {
                tokens.skip(value, 1);
            }
        }
    }

    private void context(Draft draft) throws IOException {
        mark(Draft.CONTEXT, draft);
        Part part = draft.context;
        part.clear();
        draft.hasIp = false;
        draft.hasUserAgent = false;
        draft.isDirect = false;
        part.memberFrom = tokens.from();
        JsonToken value = tokens.next();
        if (value == JsonToken.START_OBJECT) {
            JsonParser parser = tokens.parser();
            part.form = Part.Form.OBJECT;
            part.from = tokens.from();
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                String name = parser.currentName();
                part.names.add(name);
                contextMember(name, draft);
            }
        } else {
            notAnObject(value, part);
        }
        part.memberTo = tokens.to();
    }

    private void contextMember(String name, Draft draft) throws IOException {
        switch (name) {
            case "ip" -> draft.hasIp = isGiven(draft.context.cuts);
            case "userAgent" -> draft.hasUserAgent = isGiven(draft.context.cuts);
            case "direct" -> {
                JsonToken value = tokens.next();
                tokens.skip(value, 2);
                draft.isDirect = value == JsonToken.VALUE_TRUE;
            }
            case "device" -> device(draft);
            default -> tokens.skip(tokens.next(), 2);
        }
    }

    /** Passes a value; an empty one is cut, so that ours can take its place. */
    private boolean isGiven(Cuts cuts) throws IOException {
        int from = tokens.from();
        JsonToken value = tokens.next();
        tokens.skip(value, 2);
        boolean isGiven = value != JsonToken.VALUE_NULL
                && (value != JsonToken.VALUE_STRING || tokens.parser().getTextLength() > 0);
        if (!isGiven) {
            cuts.add(from, tokens.to());
        }
        return isGiven;
    }

    private void device(Draft draft) throws IOException {
        JsonToken value = tokens.next();
        if (value != JsonToken.START_OBJECT) {
            tokens.skip(value, 2);
            return;
        }
        JsonParser parser = tokens.parser();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            boolean isAdvertisingId = parser.currentName().equals("advertisingId");
            JsonToken inner = parser.nextToken();
            tokens.skip(inner, 3);
            if (isAdvertisingId && inner != JsonToken.VALUE_STRING && inner != JsonToken.VALUE_NULL) {
                draft.reject(DiscardReason.ADVERTISING_ID_NOT_STRING);
            }
        }
    }

    private static void mark(int member, Draft draft) {
        draft.hasDuplicates |= draft.has(member);
        draft.seen |= member;
    }
}
