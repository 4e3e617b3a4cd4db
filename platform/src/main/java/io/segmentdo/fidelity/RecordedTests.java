package io.segmentdo.fidelity;

import io.segmentdo.api.Connector;
import io.segmentdo.api.Destination;
import io.segmentdo.api.Settings;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The connectors of a replay. Calls that one recorded test made with the same settings went to the same running
 * destination, which may have remembered something in between; so they share a connector here. Confined to its thread.
 */
final class RecordedTests implements AutoCloseable {
    private record Configured(String test, Map<String, Object> settings, Map<String, Object> auth) {}

    /**
     * A connector and what it sends through.
     *
     * @param connector of the destination
     * @param context plays the answers back
     */
    record Connected(Connector connector, ReplayContext context) {}

    private final Map<Configured, Connected> connected = new HashMap<>();

    /** The connector for a vector, whose answers are the next ones that it gets. */
    Connected connect(Vector vector, Destination destination, Settings settings, Supplier<ReplayContext> context) {
        Configured key = new Configured(vector.test(), vector.settings(), vector.auth());
        Connected known = connected.computeIfAbsent(key, first -> {
            ReplayContext lent = context.get();
            return new Connected(destination.connect(settings, lent), lent);
        });
        known.context().play(vector);
        return known;
    }

    @Override
    public void close() {
        connected.values().forEach(one -> one.connector().close());
    }
}
