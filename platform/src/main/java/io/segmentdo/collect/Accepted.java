package io.segmentdo.collect;

import io.micrometer.core.instrument.Counter;
import io.segmentdo.event.Parsed;
import org.jspecify.annotations.Nullable;

/**
 * The events of a request that will be answered with success once they are durable.
 *
 * <p>Immutable.
 *
 * @param source the key of their source, or {@code unknown}
 * @param counter counts all of them, those discarded too
 * @param truncations counts those that lost properties; null for an unknown source
 * @param parsed the events
 */
record Accepted(String source, Counter counter, @Nullable Counter truncations, Parsed parsed) {
    int total() {
        return parsed.events().size() + parsed.discarded();
    }
}
