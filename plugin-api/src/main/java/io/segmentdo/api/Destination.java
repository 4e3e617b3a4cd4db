package io.segmentdo.api;

/**
 * A kind of place that events can be delivered to; the entry point of a plugin.
 *
 * <p>Found through {@code META-INF/services/io.segmentdo.api.Destination} with its public constructor without arguments.
 * There is one instance per loaded plugin and one {@link Connector} per configured destination. The constructor and {@link
 * #descriptor} do no work. Safe for concurrent use.
 */
public interface Destination {
    /** What the destination is called, which settings it needs and what it can do; always the same. */
    Descriptor descriptor();

    /**
     * Makes what delivers to one configured destination. Called once per configuration; blocks at most for the platform's
     * plugin deadline.
     *
     * @param settings complete and valid by the descriptor
     * @param context what the platform lends to the connector
     * @throws SettingsException when the settings do not fit together; the destination then waits for better ones
     */
    Connector connect(Settings settings, DestinationContext context);
}
