package io.segmentdo.identity;

import io.segmentdo.event.Event;
import io.segmentdo.event.FrameReader;
import io.segmentdo.event.FrameWriter;

/**
 * Why something changed: the event or request behind it, and the rule by which it did.
 *
 * <p>Immutable.
 *
 * @param messageId the id of the event or request
 * @param source the source of the event, empty for a request
 * @param rule {@link #SEEN} together, or what was asked for
 * @param atMillis when it was received
 */
public record Cause(String messageId, String source, String rule, long atMillis) {
    static final String SEEN = "seen";
    static final String ALIAS = "alias";
    static final String UNMERGE = "unmerge";
    static final String DETACH = "detach";
    static final String DELETE = "delete";

    static Cause of(Event event) {
        return new Cause(event.messageId(), event.source(), SEEN, event.receivedAtMillis());
    }

    static Cause request(String requestId, String rule, long atMillis) {
        return new Cause(requestId, "", rule, atMillis);
    }

    /** The same event under another rule. */
    Cause by(String otherRule) {
        return new Cause(messageId, source, otherRule, atMillis);
    }

    void write(FrameWriter frame) {
        frame.putString(messageId).putString(source).putString(rule).putLong(atMillis);
    }

    static Cause read(FrameReader frame) {
        return new Cause(frame.readString(), frame.readString(), frame.readString(), frame.readLong());
    }
}
