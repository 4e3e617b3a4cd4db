package io.segmentdo.api;

import java.util.List;

/**
 * What a connector does about some events of a batch: it sends a request for them, or settles one without.
 *
 * <p>Immutable.
 */
public sealed interface Step {
    /** Sends one request for one event. */
    static Send send(HttpRequest request, OutboundEvent event) {
        return new Send(request, List.of(event));
    }

    /** Sends one request for several events. */
    static Send send(HttpRequest request, List<OutboundEvent> events) {
        return new Send(request, events);
    }

    /** Settles an event without a request, e.g. rejects one that the other side could never take. */
    static Settle settle(OutboundEvent event, Delivery outcome) {
        return new Settle(event, outcome);
    }

    /**
     * A request to send.
     *
     * @param events the events it carries, at least one
     */
    record Send(HttpRequest request, List<OutboundEvent> events) implements Step {
        public Send {
            events = List.copyOf(events);
            if (events.isEmpty()) {
                throw new IllegalArgumentException("events: none (expected: at least one)");
            }
        }
    }

    /** An event whose outcome is known without asking. */
    record Settle(OutboundEvent event, Delivery outcome) implements Step {}
}
