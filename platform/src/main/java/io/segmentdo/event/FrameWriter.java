package io.segmentdo.event;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A growing row of bytes, written value by value and read back by a {@link FrameReader} in the same order.
 *
 * <p>Lengths are variable-length integers, numbers of a fixed size are big-endian, a null is a length of its own. Confined
 * to the thread that fills it.
 */
public final class FrameWriter {
    static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final byte[] EMPTY = {};

    private byte[] bytes;
    private int length;

    /** Starts empty, with room for so many bytes before it grows. */
    public FrameWriter(int expectedBytes) {
        bytes = expectedBytes == 0 ? EMPTY : new byte[expectedBytes];
    }

    /** One byte, of which the lowest eight bits count. */
    public FrameWriter putByte(int value) {
        ensureRoom(1);
        bytes[length++] = (byte) value;
        return this;
    }

    /** A signed number in eight bytes. */
    public FrameWriter putLong(long value) {
        ensureRoom(Long.BYTES);
        LONG.set(bytes, length, value);
        length += Long.BYTES;
        return this;
    }

    /** A number that is not negative, in one to nine bytes; small ones are short. */
    public FrameWriter putSize(long value) {
        if (value < 0) {
            throw new IllegalArgumentException("size: " + value + " (expected: >= 0)");
        }
        ensureRoom(9);
        long rest = value;
        while (rest > 0x7f) {
            bytes[length++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        bytes[length++] = (byte) rest;
        return this;
    }

    /** A text in UTF-8, or null. */
    public FrameWriter putString(@Nullable String value) {
        if (value == null) {
            return putByte(0);
        }
        int start = length;
        if (putAscii(value)) {
            return this;
        }
        length = start;
        byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
        putSize(utf8.length + 1L);
        return putRaw(utf8);
    }

    /** Nearly all texts are ASCII: they go where they belong without a copy in between. False when this one is not. */
    private boolean putAscii(String value) {
        int characters = value.length();
        ensureRoom(characters + 9);
        putSize(characters + 1L);
        for (int i = 0; i < characters; i++) {
            char character = value.charAt(i);
            if (character >= 0x80) {
                return false;
            }
            bytes[length + i] = (byte) character;
        }
        length += characters;
        return true;
    }

    /** Bytes with their length in front. */
    public FrameWriter putBytes(byte[] value) {
        ensureRoom(value.length + 9);
        putSize(value.length);
        return putRaw(value);
    }

    /** Bytes without their length; the reader has to know it, or that they are the last. */
    public FrameWriter putRaw(byte[] value) {
        ensureRoom(value.length);
        System.arraycopy(value, 0, bytes, length, value.length);
        length += value.length;
        return this;
    }

    /** Forgets what has been written; only for a writer that never handed over its array, see {@link #copy}. */
    public void clear() {
        length = 0;
    }

    /** A copy of what has been written, so that the writer can be used again. */
    public byte[] copy() {
        return Arrays.copyOf(bytes, length);
    }

    /** How many bytes have been written. */
    public int length() {
        return length;
    }

    /** What has been written; the array is handed over when it is exactly full, so nothing may be put afterwards. */
    public byte[] toBytes() {
        return length == bytes.length ? bytes : Arrays.copyOf(bytes, length);
    }

    private void ensureRoom(int more) {
        if (bytes.length - length < more) {
            int needed = Math.addExact(length, more);
            bytes = Arrays.copyOf(bytes, Math.max(needed, (int) Math.min(bytes.length * 2L, Integer.MAX_VALUE - 8)));
        }
    }
}
