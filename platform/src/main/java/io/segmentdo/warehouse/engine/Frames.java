package io.segmentdo.warehouse.engine;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/**
 * What goes through the pipes between the node and an engine: a kind, a length, and bytes, which are JSON but for rows.
 *
 * <p>The node asks and the engine answers, one task at a time; only {@link #CANCEL} comes in between. Reading is for one
 * thread, writing for any.
 */
final class Frames {
    /** To the engine: {@link Ask.Analyse}. */
    static final byte ANALYSE = 'a';
    /** To the engine: {@link Ask.Run}. */
    static final byte RUN = 'r';
    /** To the engine: {@link Ask.Copy}. */
    static final byte COPY = 'c';
    /** To the engine: end what runs, without content. */
    static final byte CANCEL = 'x';
    /** From the engine: it is ready for tasks, without content. */
    static final byte READY = 'R';
    /** From the engine: {@link Analysis}. */
    static final byte ANALYSIS = 'A';
    /** From the engine: {@link Head}. */
    static final byte HEAD = 'H';
    /** From the engine: bytes of rows. */
    static final byte DATA = 'D';
    /** From the engine: {@link Summary}, the end of a task that went well. */
    static final byte END = 'Z';
    /** From the engine: {@link Refusal}, the end of a task that did not. */
    static final byte FAILURE = 'E';

    /** Kind and content of one message. Immutable, but for its bytes. */
    static final class Frame {
        private final byte kind;
        private final byte[] content;

        private Frame(byte kind, byte[] content) {
            this.kind = kind;
            this.content = content;
        }

        byte kind() {
            return kind;
        }

        byte[] content() {
            return content;
        }

        <T> T as(Class<T> type) throws IOException {
            return JSON.readValue(content, type);
        }
    }

    private static final ObjectMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();
    private static final int BYTES_MAX = 256 << 20;
    private static final int BUFFER_BYTES = 1 << 16;
    private static final byte[] NOTHING = {};

    private final DataInputStream in;
    private final DataOutputStream out;

    Frames(InputStream in, OutputStream out) {
        this.in = new DataInputStream(new BufferedInputStream(in, BUFFER_BYTES));
        this.out = new DataOutputStream(new BufferedOutputStream(out, BUFFER_BYTES));
    }

    /** The next message, or null at the end. */
    @Nullable
    Frame read() throws IOException {
        int kind = in.read();
        if (kind < 0) {
            return null;
        }
        int length = in.readInt();
        if (length < 0 || length > BYTES_MAX) {
            throw new IOException("a frame of " + length + " bytes");
        }
        byte[] content = in.readNBytes(length);
        if (content.length < length) {
            throw new EOFException("the pipe ends within a frame");
        }
        return new Frame((byte) kind, content);
    }

    void write(byte kind) throws IOException {
        write(kind, NOTHING, 0);
    }

    void write(byte kind, Object message) throws IOException {
        byte[] content = JSON.writeValueAsBytes(message);
        write(kind, content, content.length);
    }

    synchronized void write(byte kind, byte[] content, int length) throws IOException {
        out.writeByte(kind);
        out.writeInt(length);
        out.write(content, 0, length);
        if (kind != HEAD && kind != DATA) { // these go with what comes next, and wake nobody on their own
            out.flush();
        }
    }
}
