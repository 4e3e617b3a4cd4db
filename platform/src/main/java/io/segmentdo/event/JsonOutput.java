package io.segmentdo.event;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A growing buffer that JSON is spliced together in. Confined to its owner's thread. */
final class JsonOutput {
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    private byte[] bytes;
    private int length;

    JsonOutput(int capacity) {
        bytes = new byte[capacity];
    }

    /** Forgets everything, keeps the memory. */
    JsonOutput clear() {
        length = 0;
        return this;
    }

    int length() {
        return length;
    }

    /** What was written, in an array of its own. */
    byte[] copy() {
        return Arrays.copyOf(bytes, length);
    }

    /** What was written, but no more than so many bytes of it. */
    byte[] copyAtMost(int limit) {
        return Arrays.copyOf(bytes, Math.min(length, limit));
    }

    /** One byte as it is. */
    JsonOutput put(char ascii) {
        ensure(1);
        bytes[length++] = (byte) ascii;
        return this;
    }

    /** Bytes as they are. */
    JsonOutput put(byte[] source, int from, int to) {
        int count = to - from;
        ensure(count);
        System.arraycopy(source, from, bytes, length, count);
        length += count;
        return this;
    }

    /** A comma, unless a container was just opened or nothing was written. */
    JsonOutput separate() {
        if (length > 0) {
            byte last = bytes[length - 1];
            if (last != '{' && last != '[') {
                put(',');
            }
        }
        return this;
    }

    /** One or more whole members as they are, behind a comma where one is needed. */
    JsonOutput members(byte[] source, int from, int to) {
        return separate().put(source, from, to);
    }

    /** The name of a member whose value follows. */
    JsonOutput name(String name) {
        return separate().text(name).put(':');
    }

    /** Characters below 128 as they are. */
    @SuppressWarnings("deprecation") // the only copy of Latin-1 text into an existing array; the text is ASCII
    JsonOutput ascii(String text) {
        int count = text.length();
        ensure(count);
        text.getBytes(0, count, bytes, length);
        length += count;
        return this;
    }

    /** A quoted, escaped string. */
    JsonOutput text(String text) {
        put('"');
        int plain = plainPrefix(text);
        if (plain == text.length()) {
            return ascii(text).put('"');
        }
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            escaped(b);
        }
        return put('"');
    }

    /** A quoted point in time. */
    JsonOutput time(long epochMillis) {
        ensure(Timestamps.LENGTH + 2);
        bytes[length++] = '"';
        Timestamps.format(epochMillis, bytes, length);
        length += Timestamps.LENGTH;
        bytes[length++] = '"';
        return this;
    }

    private void escaped(byte b) {
        if (b == '"' || b == '\\') {
            put('\\').put((char) b);
        } else if (b >= 0 && b < 0x20) {
            ascii("\\u00").put((char) HEX[b >> 4]).put((char) HEX[b & 0xf]);
        } else {
            ensure(1);
            bytes[length++] = b;
        }
    }

    private static int plainPrefix(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < 0x20 || c > 0x7e || c == '"' || c == '\\') {
                return i;
            }
        }
        return text.length();
    }

    private void ensure(int more) {
        int needed = Math.addExact(length, more);
        if (needed > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(needed, bytes.length * 2));
        }
    }
}
