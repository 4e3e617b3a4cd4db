package io.segmentdo.event;

import java.util.Arrays;

/**
 * The members of one JSON object that are left out when it is copied, as byte ranges from the first quote of the name to
 * the end of the value. Confined to its owner's thread.
 */
final class Cuts {
    // pairs of (from, to), ascending
    private int[] bounds = new int[16];
    private int count;

    void clear() {
        count = 0;
    }

    boolean isEmpty() {
        return count == 0;
    }

    /** Leaves one more member out. */
    void add(int from, int to) {
        if (count == bounds.length) {
            bounds = Arrays.copyOf(bounds, count * 2);
        }
        int at = count;
        while (at > 0 && bounds[at - 2] > from) {
            bounds[at] = bounds[at - 2];
            bounds[at + 1] = bounds[at - 1];
            at -= 2;
        }
        bounds[at] = from;
        bounds[at + 1] = to;
        count += 2;
    }

    /**
     * Copies the members that remain, byte for byte, behind what was written.
     *
     * @param from the first byte behind the opening brace
     * @param to the closing brace
     */
    void copyRest(byte[] source, int from, int to, JsonOutput out) {
        int start = from;
        for (int i = 0; i < count; i += 2) {
            copyRun(source, start, bounds[i], out);
            start = bounds[i + 1];
        }
        copyRun(source, start, to, out);
    }

    /** Between two cuts stand whole members; only white space and commas can surround them. */
    private static void copyRun(byte[] source, int from, int to, JsonOutput out) {
        int start = from;
        int end = to;
        while (start < end && isBetweenMembers(source[start])) {
            start++;
        }
        while (end > start && isBetweenMembers(source[end - 1])) {
            end--;
        }
        if (start < end) {
            out.members(source, start, end);
        }
    }

    private static boolean isBetweenMembers(byte b) {
        return b == ',' || b == ' ' || b == '\n' || b == '\r' || b == '\t';
    }
}
