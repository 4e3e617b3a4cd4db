package io.segmentdo.api;

/**
 * Delivers to one configured destination.
 *
 * <p>All calls come from one thread that serves this connector only, one after another. A call may block, but one that
 * does not return within the platform's deadline is interrupted and counts as failed: its events are kept and tried
 * again, and so are those of a call that throws. Delivery is at least once; {@link OutboundEvent#messageId} is the same
 * in each attempt.
 */
public sealed interface Connector extends AutoCloseable permits HttpConnector, BlockingConnector {
    /** How many events go into one call; by default what the descriptor says. */
    default Batching batching(Descriptor descriptor) {
        return descriptor.batching();
    }

    /** Gives back what the connector holds; nothing is called afterwards. */
    @Override
    default void close() {}
}
