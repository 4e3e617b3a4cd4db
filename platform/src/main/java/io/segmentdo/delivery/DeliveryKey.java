package io.segmentdo.delivery;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * Which delivery of a destination: the event by its place in the outbox, and the subscription that took it.
 *
 * <p>Immutable.
 */
record DeliveryKey(int partition, long position, int route) {
    private static final int TAIL_BYTES = Long.BYTES + Short.BYTES;

    /** Positions from here on are no places in the outbox: they number what is replayed. */
    static final long REPLAYED = 1L << 59;

    /** The first key of a destination in a keyspace, and, as an end, the first one behind its last. */
    static byte[] start(String destination) {
        return prefix(destination, (byte) 0);
    }

    static byte[] end(String destination) {
        return prefix(destination, (byte) 1);
    }

    private static byte[] prefix(String destination, byte end) {
        byte[] name = destination.getBytes(StandardCharsets.UTF_8);
        byte[] key = Arrays.copyOf(name, name.length + 1);
        key[name.length] = end;
        return key;
    }

    /** The key in the store, within its partition. */
    byte[] toBytes(String destination) {
        byte[] start = start(destination);
        return ByteBuffer.allocate(start.length + TAIL_BYTES)
                .put(start)
                .putLong(position)
                .putShort((short) route)
                .array();
    }

    static DeliveryKey ofBytes(int partition, byte[] key) {
        ByteBuffer tail = ByteBuffer.wrap(key, key.length - TAIL_BYTES, TAIL_BYTES);
        return new DeliveryKey(partition, tail.getLong(), tail.getShort());
    }

    /** Whether it comes from a replay and not from the outbox. */
    boolean isReplayed() {
        return position >= REPLAYED;
    }

    /** The id that people see. */
    @Override
    public String toString() {
        return partition + "-" + position + "-" + route;
    }

    static Optional<DeliveryKey> parse(String id) {
        if (!id.matches("\\d{1,9}-\\d{1,18}-\\d{1,4}")) {
            return Optional.empty();
        }
        String[] parts = id.split("-", -1);
        return Optional.of(
                new DeliveryKey(Integer.parseInt(parts[0]), Long.parseLong(parts[1]), Integer.parseInt(parts[2])));
    }
}
