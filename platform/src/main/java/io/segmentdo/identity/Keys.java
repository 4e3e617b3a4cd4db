package io.segmentdo.identity;

import io.segmentdo.event.FrameWriter;
import java.nio.ByteBuffer;

/** The keys under which identity keeps its state in the store. Pure. */
final class Keys {
    private Keys() {}

    static byte[] actor(ActorId id) {
        return prefixed('a', id.key());
    }

    /** The n-th message in the queue of an actor. */
    static byte[] queued(ActorId id, long number) {
        byte[] key = id.key();
        return ByteBuffer.allocate(11 + key.length)
                .put((byte) 'q')
                .putShort((short) key.length)
                .put(key)
                .putLong(number)
                .array();
    }

    /** What the keys of all rows of a root begin with. */
    static byte[] traits(ActorId root) {
        byte[] key = root.key();
        return ByteBuffer.allocate(2 + key.length)
                .putShort((short) key.length)
                .put(key)
                .array();
    }

    static byte[] trait(ActorId root, ActorId member) {
        byte[] rootKey = root.key();
        byte[] memberKey = member.key();
        return ByteBuffer.allocate(2 + rootKey.length + memberKey.length)
                .putShort((short) rootKey.length)
                .put(rootKey)
                .put(memberKey)
                .array();
    }

    static byte[] node(ActorId id) {
        return prefixed('n', id.key());
    }

    static byte[] head(String workspace) {
        return prefixed('h', Frames.utf8(workspace));
    }

    /** The n-th request that waits for a workspace's ledger. */
    static byte[] waiting(String workspace, long number) {
        return new FrameWriter(64)
                .putByte('w')
                .putString(workspace)
                .putLong(number)
                .toBytes();
    }

    static byte[] fact(String workspace, long number) {
        return new FrameWriter(64)
                .putByte('f')
                .putString(workspace)
                .putLong(number)
                .toBytes();
    }

    /** The n-th message to a partition. */
    static byte[] sent(int to, long number) {
        return ByteBuffer.allocate(13)
                .put((byte) 'o')
                .putInt(to)
                .putLong(number)
                .array();
    }

    static byte[] lastSent(int to) {
        return ByteBuffer.allocate(5).put((byte) 't').putInt(to).array();
    }

    static byte[] lastReceived(int from) {
        return ByteBuffer.allocate(5).put((byte) 'i').putInt(from).array();
    }

    static byte[] deadLetter(long receivedAtMillis, String messageId) {
        byte[] name = Frames.utf8("\0identity\0");
        byte[] id = Frames.utf8(messageId);
        return ByteBuffer.allocate(name.length + 8 + id.length)
                .put(name)
                .putLong(receivedAtMillis)
                .put(id)
                .array();
    }

    static byte[] number(long value) {
        return ByteBuffer.allocate(8).putLong(value).array();
    }

    static long number(byte[] bytes) {
        return ByteBuffer.wrap(bytes).getLong();
    }

    private static byte[] prefixed(char kind, byte[] key) {
        byte[] prefixed = new byte[key.length + 1];
        prefixed[0] = (byte) kind;
        System.arraycopy(key, 0, prefixed, 1, key.length);
        return prefixed;
    }
}
