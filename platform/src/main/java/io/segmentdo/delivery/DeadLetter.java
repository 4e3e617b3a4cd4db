package io.segmentdo.delivery;

import io.segmentdo.event.Event;
import io.segmentdo.event.EventCodec;
import io.segmentdo.event.FrameReader;
import io.segmentdo.event.FrameWriter;

/**
 * A delivery that was given up, with the reason.
 *
 * <p>Immutable.
 *
 * @param id names it within its destination
 * @param diedAtMillis when it was given up, in epoch milliseconds
 * @param reason for people
 * @param attempts how often it was tried
 * @param profileId the profile of the event
 * @param request the last request, shortened, secrets masked; empty when none was sent
 * @param response the last response, shortened, secrets masked; empty when none came
 * @param event the event itself
 */
public record DeadLetter(
        String id,
        long diedAtMillis,
        String reason,
        int attempts,
        String profileId,
        String request,
        String response,
        Event event) {
    private static final int VERSION = 1;

    byte[] encode() {
        FrameWriter frame = new FrameWriter(512 + event.json().length());
        frame.putByte(VERSION)
                .putLong(diedAtMillis)
                .putString(reason)
                .putLong(attempts)
                .putString(profileId)
                .putString(request)
                .putString(response);
        EventCodec.write(event, frame);
        return frame.toBytes();
    }

    static DeadLetter decode(DeliveryKey key, byte[] value) {
        FrameReader frame = new FrameReader(value);
        int version = frame.readByte();
        if (version != VERSION) {
            throw frame.corrupt("dead letter of version " + version + " (expected: " + VERSION + ")");
        }
        long diedAtMillis = frame.readLong();
        String reason = frame.readString();
        int attempts = (int) frame.readLong();
        return new DeadLetter(
                key.toString(),
                diedAtMillis,
                reason,
                attempts,
                frame.readString(),
                frame.readString(),
                frame.readString(),
                EventCodec.read(frame));
    }
}
