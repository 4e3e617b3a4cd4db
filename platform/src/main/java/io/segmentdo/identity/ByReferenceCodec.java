package io.segmentdo.identity;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.MessageCodec;

/** Hands immutable messages over as they are, within one JVM. Safe for concurrent use. */
final class ByReferenceCodec<T> implements MessageCodec<T, T> {
    private final String name;

    ByReferenceCodec(Class<T> type) {
        name = type.getName();
    }

    @Override
    public void encodeToWire(Buffer buffer, T message) {
        throw new UnsupportedOperationException(name + " stays within the JVM");
    }

    @Override
    public T decodeFromWire(int position, Buffer buffer) {
        throw new UnsupportedOperationException(name + " stays within the JVM");
    }

    @Override
    public T transform(T message) {
        return message;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public byte systemCodecID() {
        return -1;
    }
}
