package io.segmentdo.app.cli;

/**
 * What the doctor found out about one thing.
 *
 * <p>Immutable.
 *
 * @param grade how bad it is
 * @param text what is so, and for anything but good news what to do
 */
record Finding(Grade grade, String text) {
    enum Grade {
        GOOD,
        ODD,
        BAD
    }

    static Finding good(String text) {
        return new Finding(Grade.GOOD, text);
    }

    static Finding odd(String text) {
        return new Finding(Grade.ODD, text);
    }

    static Finding bad(String text) {
        return new Finding(Grade.BAD, text);
    }

    @Override
    public String toString() {
        return switch (grade) {
            case GOOD -> "  ok    " + text;
            case ODD -> "  note  " + text;
            case BAD -> "  BAD   " + text;
        };
    }
}
