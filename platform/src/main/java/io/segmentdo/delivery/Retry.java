package io.segmentdo.delivery;

import io.segmentdo.event.EventCodec;
import io.segmentdo.event.FrameReader;
import io.segmentdo.event.FrameWriter;
import io.segmentdo.event.IdentifiedEvent;
import org.jspecify.annotations.Nullable;

/**
 * A delivery that waits for another attempt. Its event is in the store, and in memory from when that is only a decision to
 * when it is done, and again shortly before its turn.
 *
 * <p>Confined to its lane.
 */
final class Retry {
    private static final int VERSION = 1;

    private final DeliveryKey key;
    private final String profileId;
    private final int failedAttempts;
    private final long waitedMillis;
    private long dueMillis;
    private @Nullable IdentifiedEvent event;

    /**
     * @param failedAttempts how often it was tried; 0 when it only waits behind another event of its profile
     * @param waitedMillis the sum of the delays so far, the one that runs included
     * @param dueMillis when to try again
     */
    Retry(DeliveryKey key, String profileId, int failedAttempts, long waitedMillis, long dueMillis) {
        this.key = key;
        this.profileId = profileId;
        this.failedAttempts = failedAttempts;
        this.waitedMillis = waitedMillis;
        this.dueMillis = dueMillis;
    }

    DeliveryKey key() {
        return key;
    }

    String profileId() {
        return profileId;
    }

    int failedAttempts() {
        return failedAttempts;
    }

    long waitedMillis() {
        return waitedMillis;
    }

    long dueMillis() {
        return dueMillis;
    }

    void dueAt(long millis) {
        dueMillis = millis;
    }

    /** Its event, if that is in memory. */
    @Nullable
    IdentifiedEvent event() {
        return event;
    }

    void keep(@Nullable IdentifiedEvent kept) {
        event = kept;
    }

    /** As it is stored, together with its event. */
    byte[] encode(IdentifiedEvent event) {
        FrameWriter frame = new FrameWriter(128 + event.event().json().length());
        frame.putByte(VERSION)
                .putLong(failedAttempts)
                .putLong(waitedMillis)
                .putLong(dueMillis)
                .putString(profileId);
        EventCodec.write(event.event(), frame);
        return frame.toBytes();
    }

    /** What {@link #encode} stored under a key, without the event. */
    static Retry decode(DeliveryKey key, byte[] value) {
        return decode(key, new FrameReader(value));
    }

    /** The event that {@link #encode} stored with it. */
    static IdentifiedEvent decodeEvent(DeliveryKey key, byte[] value) {
        FrameReader frame = new FrameReader(value);
        Retry retry = decode(key, frame);
        return new IdentifiedEvent(key.partition(), key.position(), retry.profileId, EventCodec.read(frame));
    }

    private static Retry decode(DeliveryKey key, FrameReader frame) {
        int version = frame.readByte();
        if (version != VERSION) {
            throw frame.corrupt("retry of version " + version + " (expected: " + VERSION + ")");
        }
        long failedAttempts = frame.readLong();
        long waitedMillis = frame.readLong();
        long dueMillis = frame.readLong();
        return new Retry(key, frame.readString(), (int) failedAttempts, waitedMillis, dueMillis);
    }
}
