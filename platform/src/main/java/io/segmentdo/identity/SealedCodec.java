package io.segmentdo.identity;

import io.segmentdo.event.FrameReader;
import io.segmentdo.event.FrameWriter;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.MessageCodec;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Hands immutable messages over as they are within one JVM, and as sealed bytes between members. Safe for concurrent use.
 */
final class SealedCodec<T> implements MessageCodec<T, T> {
    private final String name;
    private final Seal seal;
    private final Function<T, Consumer<FrameWriter>> write;
    private final Function<FrameReader, T> read;

    SealedCodec(Class<T> type, Seal seal, Function<T, Consumer<FrameWriter>> write, Function<FrameReader, T> read) {
        this.name = type.getName();
        this.seal = seal;
        this.write = write;
        this.read = read;
    }

    @Override
    public void encodeToWire(Buffer buffer, T message) {
        FrameWriter frame = new FrameWriter(1024);
        frame.putString(name);
        write.apply(message).accept(frame);
        byte[] sealed = seal.seal(frame.toBytes());
        buffer.appendInt(sealed.length).appendBytes(sealed);
    }

    @Override
    public T decodeFromWire(int position, Buffer buffer) {
        int length = buffer.getInt(position);
        FrameReader frame = new FrameReader(
                seal.open(buffer.getBytes(position + Integer.BYTES, position + Integer.BYTES + length)));
        if (!frame.readString().equals(name)) {
            throw frame.corrupt("another message than " + name);
        }
        T message = read.apply(frame);
        frame.expectEnd();
        return message;
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
