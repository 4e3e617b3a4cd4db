package io.segmentdo.warehouse.engine;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Gathers what goes to the node, so that it goes in large pieces. Confined to one thread. */
final class Bytes extends ByteArrayOutputStream {
    private static final int PIECE = 64 << 10;
    private final Frames frames;
    private long sent;

    Bytes(Frames frames) {
        super(2 * PIECE);
        this.frames = frames;
    }

    void text(String text) {
        writeBytes(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Sends what there is when that is worth it. */
    void sendIfLarge() throws IOException {
        if (count >= PIECE) {
            send();
        }
    }

    void send() throws IOException {
        if (count > 0) {
            frames.write(Frames.DATA, buf, count);
            sent += count;
            reset();
        }
    }

    /** How many bytes there were so far. */
    long total() {
        return sent + count;
    }
}
