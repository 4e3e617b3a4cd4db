package io.segmentdo.mapping;

/** The bound of every text that a mapping builds, so that nested templates cannot fill the memory. */
final class TextLimit {
    /** In characters. */
    static final int CHARS_MAX = 1 << 20;

    private TextLimit() {}

    /** Returns the text, or refuses one that became too long. */
    static <T extends CharSequence> T check(T text) {
        if (text.length() > CHARS_MAX) {
            throw new MappingException("a text of more than " + CHARS_MAX + " characters");
        }
        return text;
    }
}
