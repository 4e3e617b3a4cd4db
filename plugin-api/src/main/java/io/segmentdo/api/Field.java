package io.segmentdo.api;

/**
 * A value that an action works with; a mapping makes it from an event. Declared for forms and reference pages.
 *
 * <p>Immutable.
 *
 * @param name its name in mappings
 * @param label for people
 * @param type of its values, e.g. {@code text} or {@code list of objects}
 * @param required whether an event without it is refused
 */
public record Field(String name, String label, String type, boolean required) {}
