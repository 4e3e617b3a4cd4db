package io.segmentdo.event;

/**
 * Points in time as SDKs write them, and as we do.
 *
 * <p>Read are ISO 8601 dates with {@code T} or a space before the time, with or without seconds, with any number of
 * fraction digits (milliseconds count), with {@code Z}, an offset or no zone (UTC). Written is
 * {@code 2026-11-23T17:04:05.678Z}. Pure.
 */
final class Timestamps {
    /** What {@link #parse} answers when the text is no point in time. */
    static final long NONE = Long.MIN_VALUE;

    /** The length of a written one in bytes. */
    static final int LENGTH = 24;

    private static final long DAY_MILLIS = 86_400_000;
    private static final long FIRST = -62_167_219_200_000L; // 0000-01-01T00:00:00Z
    private static final long LAST = 253_402_300_799_999L; // 9999-12-31T23:59:59.999Z

    private Timestamps() {}

    /** Whether a point in time has a year of four digits, so that it can be written. */
    static boolean isWritable(long epochMillis) {
        return epochMillis >= FIRST && epochMillis <= LAST;
    }

    /** The point in time in epoch milliseconds, or {@link #NONE}. */
    static long parse(char[] text, int offset, int length) {
        return new Reader(text, offset, offset + length).instant();
    }

    /** An integer as epoch milliseconds, or as epoch seconds when it is too small for those; {@link #NONE} if neither. */
    static long ofNumber(long number) {
        long millis = number > -100_000_000_000L && number < 100_000_000_000L ? number * 1_000 : number;
        return isWritable(millis) ? millis : NONE;
    }

    /** Writes {@link #LENGTH} bytes; the time must be {@linkplain #isWritable writable}. */
    static void format(long epochMillis, byte[] target, int offset) {
        long days = Math.floorDiv(epochMillis, DAY_MILLIS);
        int ofDay = (int) Math.floorMod(epochMillis, DAY_MILLIS);
        // Civil date from days, with years that start in March so that the leap day is the last one.
        long shifted = days + 719_468;
        long era = Math.floorDiv(shifted, 146_097);
        int dayOfEra = (int) (shifted - era * 146_097);
        int yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365;
        int dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
        int month = (5 * dayOfYear + 2) / 153;
        int day = dayOfYear - (153 * month + 2) / 5 + 1;
        int calendarMonth = month < 10 ? month + 3 : month - 9;
        int year = (int) (yearOfEra + era * 400) + (calendarMonth <= 2 ? 1 : 0);
        twoDigits(year / 100, target, offset);
        twoDigits(year % 100, target, offset + 2);
        target[offset + 4] = '-';
        twoDigits(calendarMonth, target, offset + 5);
        target[offset + 7] = '-';
        twoDigits(day, target, offset + 8);
        target[offset + 10] = 'T';
        twoDigits(ofDay / 3_600_000, target, offset + 11);
        target[offset + 13] = ':';
        twoDigits(ofDay / 60_000 % 60, target, offset + 14);
        target[offset + 16] = ':';
        twoDigits(ofDay / 1_000 % 60, target, offset + 17);
        target[offset + 19] = '.';
        target[offset + 20] = (byte) ('0' + ofDay % 1_000 / 100);
        twoDigits(ofDay % 100, target, offset + 21);
        target[offset + 23] = 'Z';
    }

    private static void twoDigits(int value, byte[] target, int offset) {
        target[offset] = (byte) ('0' + value / 10);
        target[offset + 1] = (byte) ('0' + value % 10);
    }

    /** One text, read from left to right; a fault is remembered and everything behind it is ignored. */
    private static final class Reader {
        private final char[] text;
        private final int end;
        private int at;
        private boolean failed;

        Reader(char[] text, int from, int end) {
            this.text = text;
            this.at = from;
            this.end = end;
        }

        long instant() {
            long millis = date() * DAY_MILLIS;
            if (!failed && at < end) {
                failed = !(take('T') || take('t') || take(' '));
                millis += timeOfDay();
                millis -= offset();
            }
            return failed || at != end || !isWritable(millis) ? NONE : millis;
        }

        private long date() {
            int year = digits(4);
            failed |= !take('-');
            int month = digits(2);
            failed |= !take('-');
            int day = digits(2);
            failed |= month < 1 || month > 12 || day < 1 || (!failed && day > daysOf(year, month));
            if (failed) {
                return 0;
            }
            int marchYear = month <= 2 ? year - 1 : year;
            int marchMonth = month > 2 ? month - 3 : month + 9;
            int era = Math.floorDiv(marchYear, 400);
            int yearOfEra = marchYear - era * 400;
            int dayOfYear = (153 * marchMonth + 2) / 5 + day - 1;
            int dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear;
            return era * 146_097L + dayOfEra - 719_468;
        }

        private static int daysOf(int year, int month) {
            return switch (month) {
                case 2 -> (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28;
                case 4, 6, 9, 11 -> 30;
                default -> 31;
            };
        }

        private long timeOfDay() {
            int hour = digits(2);
            failed |= !take(':');
            int minute = digits(2);
            int second = take(':') ? digits(2) : 0;
            int millis = take('.') || take(',') ? fraction() : 0;
            failed |= hour > 23 || minute > 59 || second > 60; // 60: a leap second, which runs into the next minute
            return ((hour * 60L + minute) * 60 + second) * 1_000 + millis;
        }

        private int fraction() {
            int millis = 0;
            int scale = 100;
            while (at < end && text[at] >= '0' && text[at] <= '9') {
                millis += (text[at++] - '0') * scale;
                scale /= 10;
            }
            return millis;
        }

        private long offset() {
            if (at == end || take('Z') || take('z')) {
                return 0;
            }
            int sign = take('-') ? -1 : 1;
            failed |= sign == 1 && !take('+');
            int hours = digits(2);
            int minutes = 0;
            if (at < end) {
                take(':');
                minutes = digits(2);
            }
            failed |= hours > 18 || minutes > 59;
            return sign * (hours * 60L + minutes) * 60_000;
        }

        private int digits(int count) {
            if (failed || end - at < count) {
                failed = true;
                return 0;
            }
            int value = 0;
            for (int i = 0; i < count; i++) {
                char c = text[at++];
                failed |= c < '0' || c > '9';
                value = value * 10 + (c - '0');
            }
            return value;
        }

        private boolean take(char expected) {
            boolean found = !failed && at < end && text[at] == expected;
            if (found) {
                at++;
            }
            return found;
        }
    }
}
