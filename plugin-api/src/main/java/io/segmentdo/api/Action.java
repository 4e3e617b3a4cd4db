package io.segmentdo.api;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One thing that a destination can do with an event.
 *
 * <p>Immutable; each method that sets something makes another one.
 */
public final class Action {
    private final String id;
    private final String name;
    private final String description;
    private final String subscription;
    private final Map<String, Object> mapping;
    private final List<Field> fields;
    private final Optional<Batching> batching;

    private Action(
            String id,
            String name,
            String description,
            String subscription,
            Map<String, Object> mapping,
            List<Field> fields,
            Optional<Batching> batching) {
        this.id = id;
        this.name = name;
        this.description = description;
        this.subscription = subscription;
        this.mapping = Map.copyOf(mapping);
        this.fields = List.copyOf(fields);
        this.batching = batching;
    }

    /** An action that takes every event as it is. */
    public static Action of(String id, String name) {
        return new Action(id, name, "", "", Map.of(), List.of(), Optional.empty());
    }

    /** With one sentence that says what it does. */
    public Action description(String sentence) {
        return new Action(id, name, sentence, subscription, mapping, fields, batching);
    }

    /** With the FQL expression of the events it takes by default, e.g. {@code type = "track"}. */
    public Action subscription(String fql) {
        return new Action(id, name, description, fql, mapping, fields, batching);
    }

    /** With the mapping directives by which its payload is made by default. */
    public Action mapping(Map<String, Object> directives) {
        return new Action(id, name, description, subscription, directives, fields, batching);
    }

    /** With these fields, in the order of the form. */
    public Action fields(List<Field> declared) {
        return new Action(id, name, description, subscription, mapping, declared, batching);
    }

    /** With limits of its own for the events that go together, where those of the destination do not fit. */
    public Action batching(Batching limits) {
        return new Action(id, name, description, subscription, mapping, fields, Optional.of(limits));
    }

    public String id() {
        return id;
    }

    public String name() {
        return name;
    }

    public String description() {
        return description;
    }

    /** FQL; empty takes all. */
    public String subscription() {
        return subscription;
    }

    /** Directives by field; empty leaves the event as it is. */
    public Map<String, Object> mapping() {
        return mapping;
    }

    /** In the order of the form; empty where the action does not say. */
    public List<Field> fields() {
        return fields;
    }

    /** How its events are gathered; empty for as the destination's are. */
    public Optional<Batching> batching() {
        return batching;
    }
}
