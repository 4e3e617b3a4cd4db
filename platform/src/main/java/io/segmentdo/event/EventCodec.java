package io.segmentdo.event;

import java.util.ArrayList;
import java.util.List;

/**
 * The one binary form of events: in the spool, on the event bus and in the outbox.
 *
 * <p>A record is a version, then type, times, ids and at last the JSON, which is copied once each way. Records of an older
 * version stay readable; unknown versions and damaged records are refused. Immutable.
 */
public final class EventCodec {
    private static final int VERSION = 1;

    /** The place of a type is its code on disk: append only. */
    private static final List<EventType> TYPES = List.of(
            EventType.TRACK, EventType.IDENTIFY, EventType.PAGE, EventType.SCREEN, EventType.GROUP, EventType.ALIAS);

    /** Everything but the JSON of a usual event. */
    private static final int HEAD_BYTES = 256;

    private EventCodec() {}

    /** One event as bytes. */
    public static byte[] encode(Event event) {
        FrameWriter frame = new FrameWriter(HEAD_BYTES + event.json().length());
        write(event, frame);
        return frame.toBytes();
    }

    /** The event that {@link #encode} made these bytes from. */
    public static Event decode(byte[] bytes) {
        return decode(bytes, 0, bytes.length);
    }

    /** The event that {@link #encode} made this part of an array from. */
    public static Event decode(byte[] bytes, int offset, int length) {
        FrameReader frame = new FrameReader(bytes, offset, length);
        Event event = read(frame);
        frame.expectEnd();
        return event;
    }

    /** Several events as one record, in their order. */
    public static byte[] encodeAll(List<Event> events) {
        FrameWriter frame = new FrameWriter(expectedBytes(events));
        writeAll(events, frame);
        return frame.toBytes();
    }

    /** The events that {@link #encodeAll} made these bytes from. */
    public static List<Event> decodeAll(byte[] bytes) {
        return decodeAll(bytes, 0, bytes.length);
    }

    /** The events that {@link #encodeAll} made this part of an array from. */
    public static List<Event> decodeAll(byte[] bytes, int offset, int length) {
        FrameReader frame = new FrameReader(bytes, offset, length);
        List<Event> events = readAll(frame);
        frame.expectEnd();
        return events;
    }

    /** Appends several events to a frame that holds more than them. */
    public static void writeAll(List<Event> events, FrameWriter frame) {
        frame.putSize(events.size());
        for (Event event : events) {
            write(event, frame);
        }
    }

    /** Reads several events from a frame that holds more than them. */
    public static List<Event> readAll(FrameReader frame) {
        long count = frame.readSize();
        if (count > frame.remaining()) {
            throw frame.corrupt(count + " events");
        }
        List<Event> events = new ArrayList<>((int) count);
        for (long i = 0; i < count; i++) {
            events.add(read(frame));
        }
        return events;
    }

    /** Appends one event to a frame that holds more than it. */
    public static void write(Event event, FrameWriter frame) {
        frame.putByte(VERSION)
                .putByte(TYPES.indexOf(event.type()))
                .putLong(event.timestampMillis())
                .putLong(event.receivedAtMillis())
                .putString(event.workspace())
                .putString(event.source())
                .putString(event.messageId())
                .putString(event.userId())
                .putString(event.anonymousId())
                .putString(event.groupId())
                .putString(event.previousId())
                .putBytes(event.json().bytes());
    }

    /** Reads one event from a frame that holds more than it. */
    public static Event read(FrameReader frame) {
        int version = frame.readByte();
        if (version != VERSION) {
            throw frame.corrupt("event of version " + version + " (expected: " + VERSION + ")");
        }
        int type = frame.readByte();
        if (type >= TYPES.size()) {
            throw frame.corrupt("event type " + type);
        }
        long timestampMillis = frame.readLong();
        long receivedAtMillis = frame.readLong();
        return new Event(
                TYPES.get(type),
                frame.readString(),
                frame.readString(),
                frame.readString(),
                frame.readNullableString(),
                frame.readNullableString(),
                frame.readNullableString(),
                frame.readNullableString(),
                timestampMillis,
                receivedAtMillis,
                Utf8Json.of(frame.readBytes()));
    }

    /** About how many bytes the record of these events takes; it is never much more. */
    private static int expectedBytes(List<Event> events) {
        long bytes = 4;
        for (Event event : events) {
            bytes += HEAD_BYTES + event.json().length();
        }
        return Math.toIntExact(bytes);
    }
}
