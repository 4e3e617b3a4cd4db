package io.segmentdo.testkit;

import io.segmentdo.api.Connector;
import io.segmentdo.api.Destination;
import io.segmentdo.api.DestinationContext;
import io.segmentdo.api.Settings;
import java.util.HashMap;
import java.util.Map;

/**
 * A destination with settings that work, as the contract suite needs it.
 *
 * <p>Immutable.
 *
 * @param destination the destination under test
 * @param settings at least every required one; secrets should be texts that appear nowhere else
 */
public record Fixture(Destination destination, Map<String, Object> settings) {
    public Fixture {
        settings = Map.copyOf(settings);
    }

    /** A destination that needs no settings. */
    public static Fixture of(Destination destination) {
        return new Fixture(destination, Map.of());
    }

    /** With one more setting. */
    public Fixture with(String name, Object value) {
        Map<String, Object> next = new HashMap<>(settings);
        next.put(name, value);
        return new Fixture(destination, next);
    }

    /** With one setting less. */
    public Fixture without(String name) {
        Map<String, Object> next = new HashMap<>(settings);
        next.remove(name);
        return new Fixture(destination, next);
    }

    /** A connector with these settings. */
    public Connector connect() {
        return connect(new TestContext());
    }

    /** A connector with these settings in a context of the test's own. */
    public Connector connect(DestinationContext context) {
        return destination.connect(Settings.of(destination.descriptor(), settings), context);
    }
}
