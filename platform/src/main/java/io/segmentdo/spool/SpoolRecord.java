package io.segmentdo.spool;

import io.segmentdo.event.Event;
import java.util.List;

/**
 * The events of the requests that shared one sync, as they lie in the spool.
 *
 * <p>Immutable.
 *
 * @param position its place in the spool; grows by one with each record, starting at 1
 * @param events the events in the order in which they came
 */
public record SpoolRecord(long position, List<Event> events) {}
