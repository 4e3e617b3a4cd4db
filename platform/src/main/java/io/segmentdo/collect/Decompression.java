package io.segmentdo.collect;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import java.util.zip.InflaterInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Compressed bodies, unpacked no further than they may. Pure.
 *
 * <p>It is done here and not in the HTTP codec so that damaged and oversized bodies get the answers that SDKs understand.
 */
final class Decompression {
    private static final int PLAUSIBLE_BYTES = 64 << 10;

    /** What became of a compressed body. */
    sealed interface Unpacked {
        /** The first {@code length} bytes are the body. */
        @SuppressWarnings("ArrayRecordComponent") // never compared
        record Body(byte[] bytes, int length) implements Unpacked {}

        /** It is larger than allowed, or unpacks to implausibly much. */
        record TooLarge() implements Unpacked {}

        /** It cannot be unpacked. */
        record Damaged() implements Unpacked {}
    }

    private Decompression() {}

    /** Whether a Content-Encoding leaves the body as it is. */
    static boolean isPlain(@Nullable String encoding) {
        return encoding == null || encoding.isEmpty() || encoding.equalsIgnoreCase("identity");
    }

    static Unpacked unpack(String encoding, byte[] packed, int length, int bytesMax, int ratioMax) {
        try (InputStream in = open(encoding, new ByteArrayInputStream(packed, 0, length))) {
            long plausible = Math.max(PLAUSIBLE_BYTES, (long) length * ratioMax);
            int limit = (int) Math.min(bytesMax, plausible);
            byte[] body = new byte[Math.min(limit + 1, Math.max(1_024, length * 8))];
            int size = 0;
            while (true) {
                int read = in.read(body, size, body.length - size);
                if (read < 0) {
                    return new Unpacked.Body(body, size);
                }
                size += read;
                if (size > limit) {
                    return new Unpacked.TooLarge();
                }
                if (size == body.length) {
                    body = Arrays.copyOf(body, Math.min(limit + 1, size * 2));
                }
            }
        } catch (IOException e) {
            return new Unpacked.Damaged();
        }
    }

    private static InputStream open(String encoding, InputStream packed) throws IOException {
        return switch (encoding.trim().toLowerCase(Locale.ROOT)) {
            case "gzip", "x-gzip" -> new GZIPInputStream(packed, 4_096);
            case "deflate" -> new InflaterInputStream(packed);
            default -> throw new EOFException("unknown encoding");
        };
    }
}
