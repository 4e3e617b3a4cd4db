package io.segmentdo.event;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Turns the body of a tracking request into events.
 *
 * <p>This happens in two steps, because the body may hold the write key that decides whose events they are: {@link #scan}
 * reads the body once, {@link Scan.Understood#enrich} then builds the events by copying what was sent in runs around the
 * few members that change. What one event has wrong never costs its siblings; only a body that is no JSON object is
 * refused as a whole. Memory is used again from call to call. Confined to one thread.
 */
public final class EventParser {
    private final BodyScanner scanner;

    /**
     * A parser for one thread.
     *
     * @param limits what is taken at most
     * @param messageIds makes ids for events that come without one
     */
    public EventParser(EventLimits limits, Supplier<String> messageIds) {
        this.scanner = new BodyScanner(limits, messageIds);
    }

    /** Reads a single call whose type is given by the path. */
    public Scan scanCall(byte[] body, int length, EventType type) {
        return scan(body, length, type);
    }

    /** Reads a batch. */
    public Scan scanBatch(byte[] body, int length) {
        return scan(body, length, null);
    }

    private Scan scan(byte[] body, int length, @Nullable EventType type) {
        try {
            if (length == 0) {
                return new Scan.Malformed("the body is empty");
            }
            if (!startsLikeUtf8(body, length)) {
                return new Scan.Malformed("the body is not UTF-8");
            }
            boolean isValid = Utf8.isValid(body, length);
            byte[] text = isValid ? body : Utf8.repaired(body, length);
            return scanner.scan(text, isValid ? length : text.length, type);
        } catch (JsonProcessingException e) {
            return new Scan.Malformed(explanation(e));
        } catch (IOException e) {
            throw new IllegalStateException("an array cannot fail to be read", e);
        }
    }

    /** A zero among the first bytes means UTF-16 or UTF-32, which the tokenizer would guess and count differently. */
    private static boolean startsLikeUtf8(byte[] body, int length) {
        for (int i = 0; i < Math.min(4, length); i++) {
            if (body[i] == 0) {
                return false;
            }
        }
        return true;
    }

    private static String explanation(JacksonException problem) {
        var location = problem.getLocation();
        return location == null
                ? "malformed JSON"
                : "malformed JSON near byte " + Math.max(0, location.getByteOffset());
    }
}
