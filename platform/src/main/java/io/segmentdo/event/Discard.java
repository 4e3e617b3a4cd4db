package io.segmentdo.event;

/**
 * One event, or one whole batch, that was not taken.
 *
 * <p>Immutable.
 *
 * @param index the place of the event in its batch, 0 for a single call, -1 for a whole batch
 * @param reason why
 * @param events how many events are lost by it, at least 1
 * @param excerpt the beginning of the event as it was sent, without write keys; may end anywhere
 */
public record Discard(int index, DiscardReason reason, int events, Utf8Json excerpt) {}
