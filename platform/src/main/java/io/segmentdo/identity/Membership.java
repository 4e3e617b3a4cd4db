package io.segmentdo.identity;

import io.segmentdo.event.FrameReader;
import io.segmentdo.event.FrameWriter;
import java.util.Set;
import java.util.TreeSet;

/**
 * The accounts of someone: the one that was named last, a value by event time like a trait, and those named before.
 *
 * <p>Merging is commutative and idempotent. Immutable.
 *
 * @param groupId the account named last
 * @param atMillis when it was
 * @param messageId decides between two of the same millisecond
 * @param others further accounts, at most {@link #OTHERS_MAX}
 */
record Membership(String groupId, long atMillis, String messageId, Set<String> others) {
    static final int OTHERS_MAX = 100;

    Membership {
        others = Set.copyOf(others);
    }

    static Membership of(String groupId, long atMillis, String messageId) {
        return new Membership(groupId, atMillis, messageId, Set.of());
    }

    boolean wins(Membership other) {
        return atMillis != other.atMillis ? atMillis > other.atMillis : messageId.compareTo(other.messageId) > 0;
    }

    /** Both together; the account named last is that of the later one. */
    Membership with(Membership other) {
        Membership last = wins(other) ? this : other;
        TreeSet<String> all = new TreeSet<>(others);
        all.addAll(other.others);
        all.add(groupId);
        all.add(other.groupId);
        all.remove(last.groupId);
        while (all.size() > OTHERS_MAX) {
            all.pollLast();
        }
        return new Membership(last.groupId, last.atMillis, last.messageId, all);
    }

    /** All accounts. */
    Set<String> all() {
        Set<String> all = new TreeSet<>(others);
        all.add(groupId);
        return all;
    }

    void write(FrameWriter frame) {
        frame.putString(groupId).putLong(atMillis).putString(messageId);
        Frames.putAll(frame, new TreeSet<>(others), FrameWriter::putString);
    }

    static Membership read(FrameReader frame) {
        return new Membership(
                frame.readString(),
                frame.readLong(),
                frame.readString(),
                Set.copyOf(Frames.readAll(frame, FrameReader::readString)));
    }
}
