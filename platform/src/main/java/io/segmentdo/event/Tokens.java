package io.segmentdo.event;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The tokens of a document with the places where they stand. Confined to its owner's thread. */
final class Tokens {
    /**
     * Depth and number length are judged per event, so that one bad event does not cost the others; what is left here
     * protects the stack and is far above what an event may have. All else is bounded by the size of the body.
     */
    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(2_000)
                    .maxNumberLength(Integer.MAX_VALUE)
                    .maxNameLength(Integer.MAX_VALUE)
                    .maxStringLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private final EventLimits limits;
    private @Nullable JsonParser open;
    private Draft current = new Draft();
    // pairs of (from, to): numbers that JSON does not know
    private int[] nonFinite = new int[8];
    private int nonFiniteCount;

    Tokens(EventLimits limits) {
        this.limits = limits;
    }

    void open(byte[] body, int length) throws IOException {
        nonFiniteCount = 0;
        open = JSON.createParser(body, 0, length);
    }

    void close() {
        JsonParser parser = open;
        open = null;
        if (parser != null) {
            try {
                parser.close();
            } catch (IOException e) {
                throw new IllegalStateException("an array cannot fail to close", e);
            }
        }
    }

    /** Names the event that is to blame for what is found from now on. */
    void blame(Draft draft) {
        current = draft;
    }

    JsonParser parser() {
        JsonParser parser = open;
        if (parser == null) {
            throw new IllegalStateException("no document is open");
        }
        return parser;
    }

    JsonToken next() throws IOException {
        return parser().nextToken();
    }

    /** Where the current name or value starts. */
    int from() {
        return (int) parser().currentTokenLocation().getByteOffset();
    }

    /** Where the current value ends, which is read completely by this. */
    int to() throws IOException {
        JsonParser parser = parser();
        parser.finishToken();
        return (int) parser.currentLocation().getByteOffset();
    }

    /** Passes a value with everything in it and checks depth and numbers; {@code outer} is the depth around it. */
    void skip(JsonToken first, int outer) throws IOException {
        JsonParser parser = parser();
        int depth = outer;
        JsonToken token = first;
        while (true) {
            switch (token) {
                case START_OBJECT, START_ARRAY -> {
                    depth++;
                    if (depth > limits.depth()) {
                        current.reject(DiscardReason.NESTED_TOO_DEEPLY);
                    }
                }
                case END_OBJECT, END_ARRAY -> depth--;
                case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> checkNumber(parser, token);
                default -> {}
            }
            if (depth == outer) {
                return;
            }
            token = parser.nextToken();
        }
    }

    /** Passes an array whose opening bracket is the current token; true when it was empty. */
    boolean skipArray(int outer) throws IOException {
        JsonToken token = next();
        boolean isEmpty = token == JsonToken.END_ARRAY;
        while (token != JsonToken.END_ARRAY) {
            skip(token, outer + 1);
            token = next();
        }
        return isEmpty;
    }

    private void checkNumber(JsonParser parser, JsonToken token) throws IOException {
        if (parser.getTextLength() > limits.numberChars()) {
            current.reject(DiscardReason.NUMBER_TOO_LONG);
        }
        if (token == JsonToken.VALUE_NUMBER_FLOAT && parser.isNaN()) {
            if (nonFiniteCount == nonFinite.length) {
                nonFinite = Arrays.copyOf(nonFinite, nonFiniteCount * 2);
            }
            nonFinite[nonFiniteCount++] = from();
            nonFinite[nonFiniteCount++] = to();
        }
    }

    /** Whether a NaN or an infinity was passed. */
    boolean sawNonFinite() {
        return nonFiniteCount > 0;
    }

    /** The document with {@code null} in the place of every NaN and infinity that was passed. */
    byte[] withoutNonFinite(byte[] body, int length) {
        JsonOutput out = new JsonOutput(length + nonFiniteCount);
        int copied = 0;
        for (int i = 0; i < nonFiniteCount; i += 2) {
            out.put(body, copied, nonFinite[i]).ascii("null");
            copied = nonFinite[i + 1];
        }
        return out.put(body, copied, length).copy();
    }
}
