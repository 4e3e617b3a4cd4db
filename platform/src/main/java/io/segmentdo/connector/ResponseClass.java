package io.segmentdo.connector;

import io.segmentdo.api.Delivery;
import io.segmentdo.api.HttpResponse;
import io.segmentdo.api.ResponseClasses;
import java.time.Instant;
import java.util.Locale;

/** What a response, or a part of it, means for an event. */
enum ResponseClass {
    /** The destination has it. */
    DELIVERED,
    /** The same event may succeed later. */
    RETRY,
    /** Likewise, after the delay that the response names. */
    THROTTLE,
    /** The credentials were not accepted; the event is kept until they are put right. */
    AUTH,
    /** No attempt will ever succeed. */
    PERMANENT,
    /** There was too much in the request; of a single event, no attempt will ever succeed. */
    SPLIT,
    /** The destination has no use for the event, and that is no failure. */
    DROP;

    /** The names in connector files. */
    static String[] words() {
        return new String[] {"delivered", "retry", "throttle", "auth", "permanent", "split", "drop"};
    }

    static ResponseClass of(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT));
    }

    /** The outcome for one event. */
    Delivery outcome(String reason, HttpResponse response, Instant now) {
        return switch (this) {
            case DELIVERED -> Delivery.delivered();
            case RETRY -> Delivery.retry(reason);
            case THROTTLE ->
                ResponseClasses.retryAfter(response, now)
                        .map(delay -> Delivery.retryAfter(reason, delay))
                        .orElseGet(() -> Delivery.retry(reason));
            case AUTH -> Delivery.unauthorized(reason + ", the credentials were not accepted");
            case PERMANENT, SPLIT -> Delivery.rejected(reason);
            case DROP -> Delivery.skipped();
        };
    }
}
