package io.segmentdo.identity;

import io.segmentdo.event.Event;
import io.segmentdo.event.EventCodec;
import io.segmentdo.event.FrameWriter;

/** The stored form of an event that identity gave up: why, and the event. Pure. */
final class DeadEvent {
    private DeadEvent() {}

    static byte[] encode(String reason, Event event) {
        FrameWriter frame = new FrameWriter(event.json().length() + 512);
        frame.putByte(1).putString(reason);
        EventCodec.write(event, frame);
        return frame.toBytes();
    }
}
