package io.segmentdo.destination;

import java.util.Map;

/**
 * Which events of a connection reach the destination, and in which shape.
 *
 * <p>Immutable.
 *
 * @param trigger an FQL expression, e.g. {@code type = "track" and event = "Order Completed"}; the empty one takes all
 * @param action the destination's action, or an empty string for its only one
 * @param mapping mapping directives by field of the action; empty for the action's defaults
 */
public record Subscription(String trigger, String action, Map<String, Object> mapping) {
    /** Stands for what the destination proposes; for one that proposes nothing it takes every event. */
    public static final Subscription ALL = new Subscription("", "", Map.of());

    public Subscription {
        mapping = Map.copyOf(mapping);
    }
}
