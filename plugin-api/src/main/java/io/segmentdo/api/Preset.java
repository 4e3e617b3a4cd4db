package io.segmentdo.api;

import java.util.Map;

/**
 * A subscription that a destination proposes: which events go to which of its actions, and in which shape.
 *
 * <p>Immutable; {@link #mapping(Map)} makes another one.
 */
public final class Preset {
    private final String name;
    private final String action;
    private final String subscription;
    private final Map<String, Object> mapping;

    private Preset(String name, String action, String subscription, Map<String, Object> mapping) {
        this.name = name;
        this.action = action;
        this.subscription = subscription;
        this.mapping = Map.copyOf(mapping);
    }

    /**
     * With the default mapping of the action.
     *
     * @param name for people
     * @param action the id of the action
     * @param subscription FQL
     */
    public static Preset of(String name, String action, String subscription) {
        return new Preset(name, action, subscription, Map.of());
    }

    /** With other directives for some fields than those of the action's default mapping. */
    public Preset mapping(Map<String, Object> directives) {
        return new Preset(name, action, subscription, directives);
    }

    public String name() {
        return name;
    }

    public String action() {
        return action;
    }

    public String subscription() {
        return subscription;
    }

    /** Directives by field, beside those of the action's default mapping. */
    public Map<String, Object> mapping() {
        return mapping;
    }
}
