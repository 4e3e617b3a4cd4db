package io.segmentdo.api;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Declares a destination: what it is called, which settings it takes and what it can do. Validation, the dashboard's form
 * and the reference page are made from it.
 *
 * <p>Immutable; each method that sets something makes another one.
 */
public final class Descriptor {
    private final String id;
    private final String name;
    private final String description;
    private final List<Setting> settings;
    private final List<Action> actions;
    private final Batching batching;
    private final Set<String> integrationNames;

    private Descriptor(
            String id,
            String name,
            String description,
            List<Setting> settings,
            List<Action> actions,
            Batching batching,
            Set<String> integrationNames) {
        this.id = id;
        this.name = name;
        this.description = description;
        this.settings = List.copyOf(settings);
        this.actions = List.copyOf(actions);
        this.batching = batching;
        this.integrationNames = Set.copyOf(integrationNames);
    }

    /**
     * A destination without settings that takes every event as it is, one at a time.
     *
     * @param id lower case letters, digits and dashes; stands in configuration files
     * @param name for people; also how events name the destination in {@code integrations}
     */
    public static Descriptor of(String id, String name) {
        if (!id.matches("[a-z0-9]+(-[a-z0-9]+)*")) {
            throw new IllegalArgumentException(
                    "id: " + id + " (expected: lower case letters, digits and single dashes)");
        }
        return new Descriptor(id, name, "", List.of(), List.of(), Batching.OFF, Set.of(name));
    }

    /** With one sentence that says what it does. */
    public Descriptor description(String sentence) {
        return new Descriptor(id, name, sentence, settings, actions, batching, integrationNames);
    }

    /** With these settings, in the order of the form. */
    public Descriptor settings(Setting... declared) {
        List<Setting> next = List.of(declared);
        if (next.stream().map(Setting::name).distinct().count() != next.size()) {
            throw new IllegalArgumentException("settings of " + id + ": a name appears twice");
        }
        return new Descriptor(id, name, description, next, actions, batching, integrationNames);
    }

    /** With these actions; without any, there is one that takes every event as it is. */
    public Descriptor actions(Action... declared) {
        return new Descriptor(id, name, description, settings, List.of(declared), batching, integrationNames);
    }

    /** With this batching unless a connector says otherwise. */
    public Descriptor batching(Batching declared) {
        return new Descriptor(id, name, description, settings, actions, declared, integrationNames);
    }

    /** With further names under which events may switch it on or off in {@code integrations}. */
    public Descriptor alsoKnownAs(String... names) {
        Set<String> next = new LinkedHashSet<>(integrationNames);
        next.addAll(List.of(names));
        return new Descriptor(id, name, description, settings, actions, batching, next);
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

    /** In the order of the form. */
    public List<Setting> settings() {
        return settings;
    }

    /** Empty when the destination takes every event as it is. */
    public List<Action> actions() {
        return actions;
    }

    public Batching batching() {
        return batching;
    }

    /** Its name and the others by which events may call it. */
    public Set<String> integrationNames() {
        return integrationNames;
    }

    /** The declared setting of a name. */
    public Optional<Setting> findSetting(String settingName) {
        return settings.stream().filter(s -> s.name().equals(settingName)).findFirst();
    }

    /** The declared action of an id. */
    public Optional<Action> findAction(String actionId) {
        return actions.stream().filter(a -> a.id().equals(actionId)).findFirst();
    }

    /** Every secret among the settings, by name. */
    public List<String> secrets() {
        List<String> names = new ArrayList<>();
        settings.stream().filter(Setting::isSecret).map(Setting::name).forEach(names::add);
        return names;
    }

    @Override
    public String toString() {
        return "Descriptor[" + id + "]";
    }
}
