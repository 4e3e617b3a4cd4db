package io.segmentdo.config;

/** A configuration value out of its range; the loader adds the file, the line and the path of the key. */
public final class InvalidValueException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;
    private final String key;
    private final String value;
    private final String expected;

    InvalidValueException(String key, Object value, String expected) {
        super(key + ": " + value + " (expected: " + expected + ")");
        this.key = key;
        this.value = String.valueOf(value);
        this.expected = expected;
    }

    /** The key in kebab-case, relative to the record that refused it. */
    public String key() {
        return key;
    }

    /** The value that was refused, as text. */
    public String value() {
        return value;
    }

    /** What would have been right. */
    public String expected() {
        return expected;
    }
}
