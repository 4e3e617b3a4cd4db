package io.segmentdo.identity;

import io.segmentdo.event.FrameReader;
import io.segmentdo.event.FrameWriter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One decision of a workspace's ledger, in the order in which they were made.
 *
 * <p>Immutable.
 *
 * @param number its place, from 1 on
 * @param kind what was decided
 * @param left the identifier that was there already, or the one that the decision is about
 * @param right the identifier seen together with it, or the root it was taken out of
 * @param rule what decided: {@code seen}, {@code alias}, or why it was refused
 * @param absorbed the root that became a part of the other one, null when nothing was joined
 * @param cause the event or request behind it
 */
public record Fact(
        long number,
        Kind kind,
        ActorId left,
        ActorId right,
        String rule,
        @Nullable ActorId absorbed,
        Cause cause) {
    /** What was decided. */
    public enum Kind {
        JOINED,
        REFUSED,
        UNMERGED,
        DELETED
    }

    private static final int VERSION = 2;

    /** The place of a kind is its code on disk: append only. */
    private static final List<Kind> CODES = List.of(Kind.JOINED, Kind.REFUSED, Kind.UNMERGED, Kind.DELETED);

    byte[] toBytes() {
        FrameWriter frame = new FrameWriter(160);
        frame.putByte(VERSION).putByte(CODES.indexOf(kind));
        Frames.putActor(frame, left);
        Frames.putActor(frame, right);
        frame.putString(rule);
        Frames.putOptionalActor(frame, absorbed);
        cause.write(frame);
        return frame.toBytes();
    }

    static Fact read(String workspace, long number, byte[] bytes) {
        FrameReader frame = new FrameReader(bytes);
        if (frame.readByte() != VERSION) {
            throw frame.corrupt("a fact of another version");
        }
        return new Fact(
                number,
                CODES.get(frame.readByte()),
                Frames.readActor(frame, workspace),
                Frames.readActor(frame, workspace),
                frame.readString(),
                Frames.readOptionalActor(frame, workspace),
                Cause.read(frame));
    }
}
