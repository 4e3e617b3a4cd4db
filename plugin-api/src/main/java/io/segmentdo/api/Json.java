package io.segmentdo.api;

/** The platform's JSON, so that plugins need no library for it. Safe for concurrent use. */
public interface Json {
    /**
     * The UTF-8 text of a value made of maps with text keys, lists, texts, numbers, booleans and nulls.
     *
     * @throws IllegalArgumentException for anything else
     */
    byte[] write(Object value);

    /**
     * The value of a UTF-8 text: {@code Map<String, Object>}, {@code List<Object>}, String, Number or Boolean.
     *
     * @throws IllegalArgumentException when it is not JSON, or is JSON's null
     */
    Object read(byte[] text);
}
