package io.segmentdo.identity;

import io.segmentdo.event.FrameReader;
import io.segmentdo.event.FrameWriter;

/**
 * The account that someone named last, a value by event time like a trait.
 *
 * <p>Immutable.
 */
record Membership(String groupId, long atMillis, String messageId) {
    boolean wins(Membership other) {
        return atMillis != other.atMillis ? atMillis > other.atMillis : messageId.compareTo(other.messageId) > 0;
    }

    static Membership later(Membership left, Membership right) {
        return left.wins(right) ? left : right;
    }

    void write(FrameWriter frame) {
        frame.putString(groupId).putLong(atMillis).putString(messageId);
    }

    static Membership read(FrameReader frame) {
        return new Membership(frame.readString(), frame.readLong(), frame.readString());
    }
}
