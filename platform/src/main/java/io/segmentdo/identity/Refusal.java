package io.segmentdo.identity;

import io.segmentdo.event.FrameReader;
import io.segmentdo.event.FrameWriter;

/**
 * Why two identifiers may not become one person.
 *
 * <p>Immutable.
 *
 * @param reason what stands against it, e.g. {@code limit:user_id}
 * @param untilMillis from when on asking again makes sense, because a limit counts within a time; never when it is
 *     {@link #FOR_GOOD}
 */
record Refusal(String reason, long untilMillis) {
    static final long FOR_GOOD = Long.MAX_VALUE;

    static Refusal forGood(String reason) {
        return new Refusal(reason, FOR_GOOD);
    }

    /** It says nothing about the two of them: one was left out of an event because of a third. */
    static Refusal forOneEvent(String reason) {
        return new Refusal(reason, 0);
    }

    boolean isForOneEvent() {
        return untilMillis == 0;
    }

    boolean holdsAt(long millis) {
        return millis < untilMillis;
    }

    void write(FrameWriter frame) {
        frame.putString(reason).putLong(untilMillis);
    }

    static Refusal read(FrameReader frame) {
        return new Refusal(frame.readString(), frame.readLong());
    }
}
