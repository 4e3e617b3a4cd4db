package io.segmentdo.config;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A number of bytes that is written as {@code 600KiB}, {@code 4MiB} or {@code 2GB}.
 *
 * <p>Immutable.
 *
 * @param bytes zero or more
 */
public record ByteSize(long bytes) {
    private static final Pattern TEXT = Pattern.compile("(\\d+)\\s*(B|KB|KiB|MB|MiB|GB|GiB|TB|TiB)?");

    public ByteSize {
        Checks.check(bytes >= 0, "bytes", bytes, ">= 0");
    }

    /** So many times 1,024 bytes. */
    public static ByteSize kibibytes(long count) {
        return new ByteSize(count << 10);
    }

    /** So many times 1,048,576 bytes. */
    public static ByteSize mebibytes(long count) {
        return new ByteSize(count << 20);
    }

    /** So many times 1,073,741,824 bytes. */
    public static ByteSize gibibytes(long count) {
        return new ByteSize(count << 30);
    }

    /** Reads {@code 600KiB} and the like; a bare number is bytes. */
    public static ByteSize parse(String text) {
        Matcher matcher = TEXT.matcher(text.trim());
        if (!matcher.matches()) {
            throw new IllegalArgumentException(text + " (expected: a size such as 512KiB, 4MiB or 2GB)");
        }
        long number = Long.parseLong(matcher.group(1));
        String unit = matcher.group(2) == null ? "B" : matcher.group(2);
        return new ByteSize(Math.multiplyExact(number, bytesOf(unit)));
    }

    private static long bytesOf(String unit) {
        int power = switch (unit.charAt(0)) {
            case 'K' -> 1;
            case 'M' -> 2;
            case 'G' -> 3;
            case 'T' -> 4;
            default -> 0;
        };
        long base = unit.contains("i") ? 1024 : 1000;
        long size = 1;
        for (int i = 0; i < power; i++) {
            size *= base;
        }
        return size;
    }

    /** In the largest binary unit that divides it. */
    @Override
    public String toString() {
        String[] units = {"B", "KiB", "MiB", "GiB", "TiB"};
        long value = bytes;
        int unit = 0;
        while (value != 0 && value % 1024 == 0 && unit < units.length - 1) {
            value /= 1024;
            unit++;
        }
        return String.format(Locale.ROOT, "%d%s", value, units[unit]);
    }
}
