package io.segmentdo.api;

import java.time.Instant;
import java.util.Map;

/**
 * One event on its way to one destination.
 *
 * <p>Made by the platform. Confined to the thread of the call that it was handed to. What it returns is shared: it is not
 * to be changed.
 */
public interface OutboundEvent {
    /** The sender's idempotency key, the same in every attempt; destinations that know such keys are given it. */
    String messageId();

    /** The call: {@code track}, {@code identify}, {@code page}, {@code screen}, {@code group} or {@code alias}. */
    String type();

    /** The profile that the event was resolved to. */
    String profileId();

    /** When the platform received it. */
    Instant receivedAt();

    /** The action of the subscription that took it; empty when the destination has only one. */
    String action();

    /** The whole enriched event as UTF-8 JSON, not copied. */
    byte[] json();

    /** The whole enriched event, parsed when first asked for. */
    Map<String, Object> asMap();

    /** What the mapping of the subscription made of the event; the event itself where there is no mapping. */
    Object payload();

    /** The payload as UTF-8 JSON; the untouched bytes of the event where there is no mapping. */
    byte[] payloadJson();
}
