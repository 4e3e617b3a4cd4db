package io.segmentdo.identity;

import io.segmentdo.event.Event;
import java.util.List;

/**
 * Events on their way from a router to one lane, in the order in which they were accepted.
 *
 * <p>Immutable.
 *
 * @param router names the sender: a fresh id per start of a router
 * @param number counts the sender's batches to this lane; a batch that is sent again keeps its number
 * @param events at least one
 */
public record EventBatch(String router, long number, List<Event> events) {}
