package io.segmentdo.delivery;

import io.segmentdo.event.Event;

/**
 * An event out of the past that is to be delivered again.
 *
 * <p>Immutable.
 *
 * @param profileId whose it is now
 */
public record PastEvent(String profileId, Event event) {}
