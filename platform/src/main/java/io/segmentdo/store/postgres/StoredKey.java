package io.segmentdo.store.postgres;

import io.segmentdo.store.PartitionStore.Entry;
import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * How keys lie in an index, whose entries cannot be longer than a third of a page.
 *
 * <p>A key that is too long keeps its head and its tail, and a digest stands for the middle; the whole of it lies in front
 * of its value. Keys that differ in their heads keep their order, all others are sorted when they are read. Pure.
 */
final class StoredKey {
    private static final int HEAD = 1900;
    private static final int DIGEST = 32;
    private static final int TAIL = 16;
    private static final int STORED = HEAD + DIGEST + TAIL;

    private StoredKey() {}

    /** Whether the order of keys is more than an index can tell: at this key, or between others and this bound. */
    static boolean isLong(byte[] key) {
        return key.length > HEAD;
    }

    static byte[] of(byte[] key) {
        if (key.length < STORED) {
            return key;
        }
        byte[] digest = sha256(key, HEAD, key.length - TAIL);
        return ByteBuffer.allocate(STORED)
                .put(key, 0, HEAD)
                .put(digest)
                .put(key, key.length - TAIL, TAIL)
                .array();
    }

    static byte[] value(byte[] key, byte[] value) {
        return key.length < STORED
                ? value
                : ByteBuffer.allocate(Integer.BYTES + key.length + value.length)
                        .putInt(key.length)
                        .put(key)
                        .put(value)
                        .array();
    }

    static Entry entry(Buffer stored, Buffer value) {
        if (stored.length() < STORED) {
            return new Entry(stored.getBytes(), value.getBytes());
        }
        int end = Integer.BYTES + value.getInt(0);
        return new Entry(value.getBytes(Integer.BYTES, end), value.getBytes(end, value.length()));
    }

    /** The part of a bound that an index orders like the keys themselves. */
    static byte[] head(byte[] bound) {
        return isLong(bound) ? Arrays.copyOf(bound, HEAD) : bound;
    }

    /** Above everything that begins with the head of this bound. */
    static byte[] aboveHead(byte[] bound) {
        if (!isLong(bound)) {
            return bound;
        }
        byte[] above = Arrays.copyOf(bound, STORED + 1);
        Arrays.fill(above, HEAD, above.length, (byte) 0xff);
        return above;
    }

    private static byte[] sha256(byte[] bytes, int from, int to) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(bytes, from, to - from);
            return digest.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every Java runtime has it
        }
    }
}
