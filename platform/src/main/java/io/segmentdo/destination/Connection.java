package io.segmentdo.destination;

import java.util.List;

/**
 * Feeds a destination from a source.
 *
 * <p>Immutable.
 *
 * @param source the id of the source
 * @param enabled whether events flow
 * @param subscriptions which events; an event is delivered once for each that takes it
 */
public record Connection(String source, boolean enabled, List<Subscription> subscriptions) {
    /** In the place of a source: what becomes of profiles, as track calls like {@code Profile Merged}. */
    public static final String PROFILES = "$profiles";

    public Connection {
        subscriptions = List.copyOf(subscriptions);
    }
}
