package io.segmentdo.event;

import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The body of one request, read once: its envelope and a draft of each event. Confined to its parser's thread. */
final class BodyScanner implements Scan.Understood {
    private static final int EXCERPT_BYTES = 1_024;
    /** Drafts beyond this many are not kept for the next body. */
    private static final int DRAFTS_KEPT = 4_096;

    private final EventLimits limits;
    private final Tokens tokens;
    private final EventScanner events;
    private final EventWriter writer;
    private final Supplier<String> messageIds;
    private final JsonOutput excerpt = new JsonOutput(EXCERPT_BYTES);
    private final Envelope envelope = new Envelope();
    private final Draft elsewhere = new Draft();
    private final List<Draft> drafts = new ArrayList<>();
    private int count;

    BodyScanner(EventLimits limits, Supplier<String> messageIds) {
        this.limits = limits;
        this.tokens = new Tokens(limits);
        this.events = new EventScanner(limits, tokens);
        this.writer = new EventWriter(envelope);
        this.messageIds = messageIds;
    }

    Scan scan(byte[] body, int length, @Nullable EventType type) throws IOException {
        pass(body, length, type);
        if (tokens.sawNonFinite()) {
            byte[] repaired = tokens.withoutNonFinite(body, length);
            pass(repaired, repaired.length, type);
        }
        for (int i = 0; i < kept(); i++) {
            finish(drafts.get(i), type);
        }
        return this;
    }

    private void pass(byte[] body, int length, @Nullable EventType type) throws IOException {
        int start = startsWithMark(body, length) ? 3 : 0;
        byte[] text = start == 0 ? body : Arrays.copyOfRange(body, start, length);
        envelope.clear(text);
        count = 0;
        while (drafts.size() > DRAFTS_KEPT) {
            drafts.removeLast();
        }
        tokens.open(text, length - start);
        try {
            JsonParser parser = tokens.parser();
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new JsonParseException(parser, "not an object");
            }
            if (type == null) {
                batch(text);
            } else {
                events.scan(text, type, nextDraft());
            }
            if (parser.nextToken() != null) {
                throw new JsonParseException(parser, "more than one document");
            }
        } finally {
            tokens.close();
        }
    }

    private static boolean startsWithMark(byte[] body, int length) {
        return length >= 3 && body[0] == (byte) 0xef && body[1] == (byte) 0xbb && body[2] == (byte) 0xbf;
    }

    private void batch(byte[] body) throws IOException {
        JsonParser parser = tokens.parser();
        tokens.blame(elsewhere.clear());
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            switch (parser.currentName()) {
                case "batch" -> elements(body);
                case "writeKey" -> {
                    JsonToken value = tokens.next();
                    tokens.skip(value, 1);
                    envelope.writeKey = value == JsonToken.VALUE_STRING ? parser.getText() : null;
                }
                case "sentAt" -> {
                    JsonToken value = tokens.next();
                    int from = tokens.from();
                    envelope.sentAtMillis = events.instant(value);
                    envelope.sentAtFrom = value == JsonToken.VALUE_NULL ? -1 : from;
                    envelope.sentAtTo = tokens.to();
                }
                case "context" -> inherited(envelope.context, true);
                case "integrations" -> inherited(envelope.integrations, false);
                default -> tokens.skip(tokens.next(), 1);
            }
        }
    }

    private void elements(byte[] body) throws IOException {
        JsonParser parser = tokens.parser();
        count = 0;
        JsonToken first = parser.nextToken();
        if (first != JsonToken.START_ARRAY) {
            tokens.skip(first, 1);
            return;
        }
        while (true) {
            JsonToken token = parser.nextToken();
            if (token == JsonToken.END_ARRAY) {
                tokens.blame(elsewhere);
                return;
            }
            Draft draft = nextDraft();
            if (token == JsonToken.START_OBJECT) {
                events.scan(body, null, draft);
            } else {
                draft.source = body;
                draft.from = tokens.from();
                draft.reject(DiscardReason.EVENT_NOT_OBJECT);
                tokens.blame(draft);
                tokens.skip(token, 2);
                draft.to = tokens.to();
            }
        }
    }

    /** Remembers the members of an object that all events inherit; one that is no object has none. */
    private void inherited(List<Envelope.Member> members, boolean isContext) throws IOException {
        JsonParser parser = tokens.parser();
        members.clear();
        JsonToken first = parser.nextToken();
        if (first != JsonToken.START_OBJECT) {
            tokens.skip(first, 1);
            return;
        }
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            int from = tokens.from();
            JsonToken value = parser.nextToken();
            tokens.skip(value, 2);
            envelope.hasIp |= isContext && name.equals("ip") && value != JsonToken.VALUE_NULL;
            envelope.hasUserAgent |= isContext && name.equals("userAgent") && value != JsonToken.VALUE_NULL;
            envelope.isDirect |= isContext && name.equals("direct") && value == JsonToken.VALUE_TRUE;
            members.add(new Envelope.Member(name, from, tokens.to()));
        }
    }

    /** Beyond the limit of a batch events are counted, not kept. */
    private Draft nextDraft() {
        int index = count++;
        if (index >= limits.batchEvents()) {
            return elsewhere.clear();
        }
        if (index == drafts.size()) {
            drafts.add(new Draft());
        }
        return drafts.get(index).clear();
    }

    private int kept() {
        return Math.min(count, limits.batchEvents());
    }

    /** Whatever can be judged about an event only once all of it is known. */
    private void finish(Draft draft, @Nullable EventType type) throws IOException {
        if (draft.hasDuplicates && draft.problem == null) {
            byte[] single = RareCases.withoutDuplicates(draft);
            draft.clear();
            tokens.open(single, single.length);
            try {
                tokens.next();
                events.scan(single, type, draft);
            } finally {
                tokens.close();
            }
        }
        if (draft.problem == null) {
            draft.problem = EventRules.firstViolation(draft);
        }
    }

    @Override
    public @Nullable String writeKey() {
        if (envelope.writeKey != null) {
            return envelope.writeKey;
        }
        for (int i = 0; i < kept(); i++) {
            String key = drafts.get(i).writeKey;
            if (key != null) {
                return key;
            }
        }
        return null;
    }

    @Override
    public int events() {
        return Math.max(1, count);
    }

    @Override
    public Utf8Json excerpt() {
        return count == 0 ? Utf8Json.of("{}") : excerpt(drafts.getFirst());
    }

    private Utf8Json excerpt(Draft draft) {
        excerpt.clear();
        if (draft.problem == DiscardReason.EVENT_NOT_OBJECT) {
            excerpt.put(draft.source, draft.from, Math.min(draft.to, draft.from + EXCERPT_BYTES));
        } else {
            excerpt.put('{');
            draft.writeKeys.copyRest(draft.source, draft.from + 1, draft.to - 1, excerpt);
            excerpt.put('}');
        }
        return Utf8Json.of(excerpt.copyAtMost(EXCERPT_BYTES));
    }

    @Override
    public Parsed enrich(Arrival arrival) {
        if (count == 0) {
            return refused(DiscardReason.EMPTY_BATCH, 1, Utf8Json.of("{}"));
        }
        if (count > limits.batchEvents()) {
            return refused(DiscardReason.TOO_MANY_EVENTS, count, excerpt(drafts.getFirst()));
        }
        if (count == 1 && drafts.getFirst().problem == null) {
            Draft only = drafts.getFirst();
            return new Parsed(List.of(writer.event(only, arrival, messageIds)), List.of(), only.isTruncated ? 1 : 0);
        }
        List<Event> accepted = new ArrayList<>(count);
        List<Discard> discards = List.of();
        int truncated = 0;
        for (int i = 0; i < count; i++) {
            Draft draft = drafts.get(i);
            if (draft.problem == null) {
                accepted.add(writer.event(draft, arrival, messageIds));
                truncated += draft.isTruncated ? 1 : 0;
            } else {
                discards = discards.isEmpty() ? new ArrayList<>() : discards;
                discards.add(new Discard(i, draft.problem, 1, excerpt(draft)));
            }
        }
        return new Parsed(accepted, discards, truncated);
    }

    private static Parsed refused(DiscardReason reason, int events, Utf8Json excerpt) {
        return new Parsed(List.of(), List.of(new Discard(-1, reason, events, excerpt)), 0);
    }
}
