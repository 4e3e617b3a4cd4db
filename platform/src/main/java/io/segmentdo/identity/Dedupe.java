package io.segmentdo.identity;

import io.segmentdo.event.Event;
import java.nio.ByteBuffer;
import org.apache.commons.codec.digest.MurmurHash3;
import org.jspecify.annotations.Nullable;

/**
 * The marks by which a repeated message id is known. They are kept in generations of a window each; a mark is looked up in
 * the generation of the event and in the one before, so it holds for at least one window and at most two. Pure.
 */
final class Dedupe {
    private static final long DAY_MILLIS = 86_400_000L;

    private Dedupe() {}

    /** A mark without its generation; equal for equal message ids of one source. */
    static final class Mark {
        private final long high;
        private final long low;

        private Mark(long high, long low) {
            this.high = high;
            this.low = low;
        }

        byte[] key(int generation) {
            return ByteBuffer.allocate(20)
                    .putInt(generation)
                    .putLong(high)
                    .putLong(low)
                    .array();
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Mark that && high == that.high && low == that.low;
        }

        @Override
        public int hashCode() {
            return Long.hashCode(low);
        }
    }

    static Mark mark(Event event) {
        return mark(event.workspace(), event.source(), event.messageId());
    }

    /** A mark for what has no source: that is empty. */
    static Mark mark(String workspace, String source, String messageId) {
        byte[] id = Frames.utf8(workspace + '\0' + source + '\0' + messageId);
        long[] halves = MurmurHash3.hash128x64(id, 0, id.length, 0);
        return new Mark(halves[0], halves[1]);
    }

    static int generation(long receivedAtMillis, int windowDays) {
        return (int) Math.max(1, receivedAtMillis / DAY_MILLIS / windowDays);
    }

    /** The first key of a generation. */
    static byte[] start(int generation) {
        return ByteBuffer.allocate(4).putInt(generation).array();
    }
}
