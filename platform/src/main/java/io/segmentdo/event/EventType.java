package io.segmentdo.event;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The six calls of the Segment spec. Immutable. */
public enum EventType {
    TRACK,
    IDENTIFY,
    PAGE,
    SCREEN,
    GROUP,
    ALIAS;

    private final String wireName = name().toLowerCase(Locale.ROOT);

    /** The name in payloads and paths, e.g. {@code track}. */
    public String wireName() {
        return wireName;
    }

    /** The type with this name in payloads, or null. */
    public static @Nullable EventType find(String wireName) {
        return switch (wireName) {
            case "track" -> TRACK;
            case "identify" -> IDENTIFY;
            case "page" -> PAGE;
            case "screen" -> SCREEN;
            case "group" -> GROUP;
            case "alias" -> ALIAS;
            default -> null;
        };
    }
}
