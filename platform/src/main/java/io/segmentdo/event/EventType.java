package io.segmentdo.event;

import java.util.Locale;

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
}
