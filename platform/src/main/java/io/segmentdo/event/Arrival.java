package io.segmentdo.event;

import org.jspecify.annotations.Nullable;

/**
 * What is known about a request apart from its body.
 *
 * <p>Immutable.
 *
 * @param origin the source that the write key belongs to
 * @param ip the address of the sender, null when it is of no use
 * @param userAgent the user agent to fill in where an event has none, null to leave it
 * @param isDirect whether the sender is the user's own device whatever the kind of the source, as with a pixel
 * @param receivedAtMillis when the request arrived, in epoch milliseconds
 */
public record Arrival(
        Origin origin, @Nullable String ip, @Nullable String userAgent, boolean isDirect, long receivedAtMillis) {
    /** An ordinary call: the peer address counts for client-side sources only. */
    public static Arrival of(Origin origin, @Nullable String ip, long receivedAtMillis) {
        return new Arrival(origin, ip, null, false, receivedAtMillis);
    }

    /** A pixel, which the user's browser has loaded. */
    public static Arrival ofPixel(
            Origin origin, @Nullable String ip, @Nullable String userAgent, long receivedAtMillis) {
        return new Arrival(origin, ip, userAgent, true, receivedAtMillis);
    }
}
