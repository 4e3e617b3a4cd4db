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
    public Connection {
        subscriptions = List.copyOf(subscriptions);
    }
}
