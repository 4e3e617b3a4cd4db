package io.segmentdo.event;

import io.segmentdo.problem.PlatformException;
import io.segmentdo.problem.Problem;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reads what a {@link FrameWriter} wrote, value by value in the same order.
 *
 * <p>A frame that is too short, too long or malformed ends with a {@link Problem#STORAGE_FAILED} that names the byte;
 * flipped bits inside of a text are for the checksums of the layer that stored it. Confined to the thread that reads.
 */
public final class FrameReader {
    private final byte[] bytes;
    private final int start;
    private final int end;
    private int position;

    /** Reads a whole array. */
    public FrameReader(byte[] bytes) {
        this(bytes, 0, bytes.length);
    }

    /** Reads a part of an array, which is not copied. */
    public FrameReader(byte[] bytes, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        this.bytes = bytes;
        this.start = offset;
        this.position = offset;
        this.end = offset + length;
    }

    /** One byte as 0 to 255. */
    public int readByte() {
        require(1, "byte");
        return bytes[position++] & 0xff;
    }

    /** A signed number of eight bytes. */
    public long readLong() {
        require(Long.BYTES, "number");
        long value = (long) FrameWriter.LONG.get(bytes, position);
        position += Long.BYTES;
        return value;
    }

    /** A number that is not negative. */
    public long readSize() {
        long value = 0;
        for (int shift = 0; shift < 63; shift += 7) {
            int next = readByte();
            value |= (long) (next & 0x7f) << shift;
            if (next < 0x80) {
                return value;
            }
        }
        throw corrupt("a size of more than nine bytes");
    }

    /** A text, or null. */
    public @Nullable String readNullableString() {
        long size = readSize();
        if (size == 0) {
            return null;
        }
        int length = require(size - 1, "text");
        String value = new String(bytes, position, length, StandardCharsets.UTF_8);
        position += length;
        return value;
    }

    /** A text that was not null. */
    public String readString() {
        String value = readNullableString();
        if (value == null) {
            throw corrupt("null where a text has to be");
        }
        return value;
    }

    /** Bytes that have their length in front, as a copy. */
    public byte[] readBytes() {
        int length = require(readSize(), "bytes");
        position += length;
        return Arrays.copyOfRange(bytes, position - length, position);
    }

    /** How many bytes are left. */
    public int remaining() {
        return end - position;
    }

    /** Says that everything has been read. */
    public void expectEnd() {
        if (position != end) {
            throw corrupt(remaining() + " bytes behind the end");
        }
    }

    /** The failure of a frame that says something impossible at the byte reached. */
    public PlatformException corrupt(String what) {
        return new PlatformException(
                Problem.STORAGE_FAILED,
                "corrupt record: " + what + " at byte " + (position - start) + " of " + (end - start));
    }

    private int require(long length, String what) {
        if (length > remaining()) {
            throw corrupt(what + " of " + length + " bytes where " + remaining() + " are left");
        }
        return (int) length;
    }
}
