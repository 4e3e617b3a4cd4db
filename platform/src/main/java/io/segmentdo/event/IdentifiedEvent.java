package io.segmentdo.event;

/**
 * An event together with the person it belongs to, as it stands in the outbox of a partition.
 *
 * <p>Immutable.
 *
 * @param partition the identity partition whose outbox holds it
 * @param position its place in that outbox; grows by one with each entry, starting at 1
 * @param profileId the profile it was resolved to when it was committed
 * @param event the event
 */
public record IdentifiedEvent(int partition, long position, String profileId, Event event) implements OutboxEntry {}
