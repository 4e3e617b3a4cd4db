package io.segmentdo.api;

import java.util.List;

/**
 * A connector without connections of its own: it says which requests to send and what their responses mean.
 *
 * <p>The platform sends, with its connection pool, timeouts, in-flight limit and circuit breaker. A request that fails
 * without a response is retried by the platform without asking. Threads as in {@link Connector}.
 */
public non-sealed interface HttpConnector extends Connector {
    /**
     * What to do about a batch: each event appears in exactly one step.
     *
     * @param batch at least one event, at most as many as {@link #batching} allows, in the order of the outbox
     */
    List<Step> steps(List<OutboundEvent> batch);

    /**
     * What a response means for the events of its request: one outcome for each, in their order, or a single one for all.
     *
     * @param step what was sent
     * @param response what came back, whatever its status
     */
    List<Delivery> outcomes(Step.Send step, HttpResponse response);
}
