package io.segmentdo.event;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Whether bytes are UTF-8. Pure. */
final class Utf8 {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());
    private static final long HIGH_BITS = 0x8080808080808080L;

    private Utf8() {}

    /** Whether all bytes are well-formed UTF-8: no overlong forms, no surrogates, nothing cut off. */
    static boolean isValid(byte[] bytes, int length) {
        int at = 0;
        while (at < length) {
            at = skipAscii(bytes, at, length);
            if (at < length) {
                int size = sequenceAt(bytes, at, length);
                if (size == 0) {
                    return false;
                }
                at += size;
            }
        }
        return true;
    }

    /** The same text with U+FFFD for every malformed sequence. */
    static byte[] repaired(byte[] bytes, int length) {
        return new String(bytes, 0, length, StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_8);
    }

    private static int skipAscii(byte[] bytes, int from, int length) {
        int at = from;
        while (at + 8 <= length && ((long) LONGS.get(bytes, at) & HIGH_BITS) == 0) {
            at += 8;
        }
        while (at < length && bytes[at] >= 0) {
            at++;
        }
        return at;
    }

    /** The length of the sequence of two to four bytes that starts here, 0 when it is malformed. */
    private static int sequenceAt(byte[] bytes, int at, int length) {
        int lead = bytes[at] & 0xff;
        int size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
        if (lead < 0xc2 || lead > 0xf4 || at + size > length) {
            return 0;
        }
        int second = bytes[at + 1] & 0xff;
        int least = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
        int most = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
        boolean isValid = second >= least && second <= most;
        for (int i = 2; i < size; i++) {
            isValid &= (bytes[at + i] & 0xc0) == 0x80;
        }
        return isValid ? size : 0;
    }
}
