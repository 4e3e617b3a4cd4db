package io.segmentdo.identity;

import java.util.List;

/** Finds whether any of some JSON names occurs in a text, in one pass and without parsing it. Immutable. */
final class Needles {
    private final byte[][][] byFirstByte = new byte[256][][];

    Needles(List<String> names) {
        for (String name : names) {
            byte[] needle = Frames.utf8(name + '"');
            int first = needle[0] & 0xFF;
            byte[][] known = byFirstByte[first] == null ? new byte[0][] : byFirstByte[first];
            byte[][] more = java.util.Arrays.copyOf(known, known.length + 1);
            more[known.length] = needle;
            byFirstByte[first] = more;
        }
    }

    boolean occurIn(byte[] json) {
        for (int i = 0; i < json.length - 1; i++) {
            if (json[i] == '"') {
                byte[][] candidates = byFirstByte[json[i + 1] & 0xFF];
                if (candidates != null && anyAt(candidates, json, i + 1)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean anyAt(byte[][] candidates, byte[] json, int start) {
        for (byte[] needle : candidates) {
            int end = start + needle.length;
            if (end <= json.length && java.util.Arrays.equals(needle, 0, needle.length, json, start, end)) {
                return true;
            }
        }
        return false;
    }
}
