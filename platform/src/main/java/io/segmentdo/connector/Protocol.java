package io.segmentdo.connector;

import io.segmentdo.api.DestinationContext;
import io.segmentdo.api.HttpRequest;
import io.segmentdo.api.HttpResponse;
import io.segmentdo.api.OutboundEvent;
import java.util.List;

/**
 * What all requests of a connector have in common. Confined to its thread.
 *
 * @param credentials who asks
 * @param idempotency by what repeats are known
 * @param rate how the other side says that it was too much
 * @param context the platform
 */
record Protocol(Credentials credentials, Idempotency idempotency, RatePlan rate, DestinationContext context) {
    /** The request with what says that it is a repeat. */
    HttpRequest marked(HttpRequest request, List<OutboundEvent> events) {
        return idempotency.add(request, events);
    }

    /** The response as response rules read it. */
    HttpResponse read(HttpResponse response) {
        return rate.translated(response, context.clock().instant());
    }
}
