package io.segmentdo.api;

import java.util.List;

/**
 * A connector that talks to the other side by itself, for drivers and protocols that are not plain HTTP.
 *
 * <p>Threads as in {@link Connector}. It starts no threads of its own: they would outlive the plugin.
 */
public non-sealed interface BlockingConnector extends Connector {
    /**
     * Delivers a batch.
     *
     * @param batch at least one event, at most as many as {@link #batching} allows, in the order of the outbox
     * @return one outcome for each event, in their order, or a single one for all
     */
    List<Delivery> deliver(List<OutboundEvent> batch);
}
