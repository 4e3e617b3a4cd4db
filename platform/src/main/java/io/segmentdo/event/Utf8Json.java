package io.segmentdo.event;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A JSON document as UTF-8 bytes, so that it can travel without being parsed again.
 *
 * <p>The array is shared, not copied: whoever hands it in or takes it out does not change it. Immutable by that promise.
 */
public final class Utf8Json {
    private final byte[] bytes;

    private Utf8Json(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Wraps bytes that are valid JSON and are not changed afterwards. */
    public static Utf8Json of(byte[] bytes) {
        return new Utf8Json(bytes);
    }

    /** Wraps JSON text. */
    public static Utf8Json of(String json) {
        return new Utf8Json(json.getBytes(StandardCharsets.UTF_8));
    }

    /** The bytes themselves, not a copy. */
    public byte[] bytes() {
        return bytes;
    }

    /** The size in bytes. */
    public int length() {
        return bytes.length;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Utf8Json that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /** The JSON text. */
    @Override
    public String toString() {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
