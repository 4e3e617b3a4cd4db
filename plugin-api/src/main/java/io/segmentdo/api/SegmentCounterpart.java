package io.segmentdo.api;

import java.util.Map;

/**
 * The destination of Segment's that a destination stands in for: settings and mappings made for that one work with this
 * one.
 *
 * <p>Immutable; each method that sets something makes another one.
 */
public final class SegmentCounterpart {
    private final String slug;
    private final Map<String, Object> settings;
    private final Map<String, String> actions;
    private final Map<String, Object> state;

    private SegmentCounterpart(
            String slug, Map<String, Object> settings, Map<String, String> actions, Map<String, Object> state) {
        this.slug = slug;
        this.settings = Map.copyOf(settings);
        this.actions = Map.copyOf(actions);
        this.state = Map.copyOf(state);
    }

    /** One whose settings and actions have the same names; those that are not declared here are passed over. */
    public static SegmentCounterpart of(String slug) {
        return new SegmentCounterpart(slug, Map.of(), Map.of(), Map.of());
    }

    /** With directives by name of a setting here; they see {@code settings} and {@code auth} as they are there. */
    public SegmentCounterpart settings(Map<String, Object> directives) {
        return new SegmentCounterpart(slug, directives, actions, state);
    }

    /** With the names of actions here by their names there. */
    public SegmentCounterpart actions(Map<String, String> names) {
        return new SegmentCounterpart(slug, settings, names, state);
    }

    /** With directives by name of what the connector keeps; they see the same as those for settings. */
    public SegmentCounterpart state(Map<String, Object> directives) {
        return new SegmentCounterpart(slug, settings, actions, directives);
    }

    /** Its name in Segment's catalogue, e.g. {@code google-analytics-4}. */
    public String slug() {
        return slug;
    }

    /** Directives by setting; a setting without one has the same name there. */
    public Map<String, Object> settings() {
        return settings;
    }

    /** Names here by names there; an action without one has the same name. */
    public Map<String, String> actions() {
        return actions;
    }

    /** Directives by name in {@link ConnectorState}. */
    public Map<String, Object> state() {
        return state;
    }
}
