package io.segmentdo.identity;

import io.segmentdo.event.Event;
import io.segmentdo.event.FrameReader;
import io.segmentdo.event.FrameWriter;

/**
 * Why something changed: the event or request behind it.
 *
 * <p>Immutable.
 */
record Cause(String messageId, long atMillis) {
    static Cause of(Event event) {
        return new Cause(event.messageId(), event.receivedAtMillis());
    }

    void write(FrameWriter frame) {
        frame.putString(messageId).putLong(atMillis);
    }

    static Cause read(FrameReader frame) {
        return new Cause(frame.readString(), frame.readLong());
    }
}
