package io.segmentdo.api;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Declares a destination: what it is called, which settings it takes and what it can do. Validation, the dashboard's form
 * and the reference page are made from it.
 *
 * <p>Immutable; each method that sets something makes another one.
 */
public final class Descriptor {
    private final String id;
    private final String name;
    private String description = "";
    private List<Setting> settings = List.of();
    private List<Action> actions = List.of();
    private Batching batching = Batching.OFF;
    private RateLimit rate = RateLimit.NONE;
    private @Nullable RetryPolicy retry;
    private Set<String> integrationNames;
    private List<SegmentCounterpart> counterparts = List.of();
    private List<Preset> presets = List.of();
    private boolean testsCredentials;
    private boolean deletesUsers;
    private String idempotency = "";

    private Descriptor(String id, String name) {
        this.id = id;
        this.name = name;
        this.integrationNames = Set.of(name);
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
        return new Descriptor(id, name);
    }

    /** A copy, which is changed only before it is handed out. */
    private Descriptor copy() {
        Descriptor copy = new Descriptor(id, name);
        copy.description = description;
        copy.settings = settings;
        copy.actions = actions;
        copy.batching = batching;
        copy.rate = rate;
        copy.retry = retry;
        copy.integrationNames = integrationNames;
        copy.counterparts = counterparts;
        copy.presets = presets;
        copy.testsCredentials = testsCredentials;
        copy.deletesUsers = deletesUsers;
        copy.idempotency = idempotency;
        return copy;
    }

    /** With one sentence that says what it does. */
    public Descriptor description(String sentence) {
        Descriptor next = copy();
        next.description = sentence;
        return next;
    }

    /** With these settings, in the order of the form. */
    public Descriptor settings(Setting... declared) {
        Descriptor next = copy();
        next.settings = List.of(declared);
        if (next.settings.stream().map(Setting::name).distinct().count() != declared.length) {
            throw new IllegalArgumentException("settings of " + id + ": a name appears twice");
        }
        return next;
    }

    /** With these actions; without any, there is one that takes every event as it is. */
    public Descriptor actions(Action... declared) {
        Descriptor next = copy();
        next.actions = List.of(declared);
        return next;
    }

    /** With this batching unless a connector says otherwise. */
    public Descriptor batching(Batching declared) {
        Descriptor next = copy();
        next.batching = declared;
        return next;
    }

    /** With this limit to what it takes. */
    public Descriptor rate(RateLimit declared) {
        Descriptor next = copy();
        next.rate = declared;
        return next;
    }

    /** Which wants to be tried again otherwise than the platform is configured to. */
    public Descriptor retrying(RetryPolicy declared) {
        Descriptor next = copy();
        next.retry = declared;
        return next;
    }

    /** With further names under which events may switch it on or off in {@code integrations}. */
    public Descriptor alsoKnownAs(String... names) {
        Descriptor next = copy();
        Set<String> all = new LinkedHashSet<>(integrationNames);
        all.addAll(List.of(names));
        next.integrationNames = Set.copyOf(all);
        return next;
    }

    /** With these subscriptions as a proposal; a connection that names none gets them. */
    public Descriptor presets(Preset... declared) {
        Descriptor next = copy();
        next.presets = List.of(declared);
        return next;
    }

    /** With the destinations of Segment's that it stands in for. */
    public Descriptor standsInFor(SegmentCounterpart... declared) {
        Descriptor next = copy();
        next.counterparts = List.of(declared);
        return next;
    }

    /** Whose connectors {@linkplain Connector#testCredentials test credentials}. */
    public Descriptor testingCredentials() {
        Descriptor next = copy();
        next.testsCredentials = true;
        return next;
    }

    /** Whose connectors {@linkplain Connector#deleteUser delete users}. */
    public Descriptor deletingUsers() {
        Descriptor next = copy();
        next.deletesUsers = true;
        return next;
    }

    /** Which recognises an event that it has got already, with a sentence that says by what. */
    public Descriptor recognizingRepeats(String sentence) {
        Descriptor next = copy();
        next.idempotency = sentence;
        return next;
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

    /** How much it takes; {@link RateLimit#NONE} where it names no limit. */
    public RateLimit rate() {
        return rate;
    }

    /** How it wants to be tried again; empty where the platform's own way will do. */
    public Optional<RetryPolicy> retry() {
        return Optional.ofNullable(retry);
    }

    /** The destinations of Segment's that it stands in for. */
    public List<SegmentCounterpart> counterparts() {
        return counterparts;
    }

    /** The subscriptions that it declares to be proposed. */
    public List<Preset> presets() {
        return presets;
    }

    /**
     * What a connection without subscriptions gets: the presets, or where there are none each action that can do without a
     * mapping of its own, for the events that it takes by default.
     */
    public List<Preset> proposals() {
        if (!presets.isEmpty()) {
            return presets;
        }
        return actions.stream()
                .filter(action -> !action.subscription().isBlank() && isMapped(action))
                .map(action -> Preset.of(action.name(), action.id(), action.subscription()))
                .toList();
    }

    /** Whether every required field has a default that is not empty. */
    private static boolean isMapped(Action action) {
        return action.fields().stream()
                .filter(Field::required)
                .noneMatch(
                        field -> action.mapping().getOrDefault(field.name(), "").equals(""));
    }

    /** Whether a connector can ask if the credentials are accepted. */
    public boolean testsCredentials() {
        return testsCredentials;
    }

    /** Whether a connector can delete users. */
    public boolean deletesUsers() {
        return deletesUsers;
    }

    /** By what it recognises an event that it has got already; empty where it does not. */
    public String idempotency() {
        return idempotency;
    }

    /** Its name and the others by which events may call it. */
    public Set<String> integrationNames() {
        return integrationNames;
    }

    /** The declared setting of a name. */
    public Optional<Setting> findSetting(String settingName) {
        return settings.stream().filter(s -> s.name().equals(settingName)).findFirst();
    }

    /** The declared action of an id; where there is only one, the empty id is its too. */
    public Optional<Action> findAction(String actionId) {
        if (actionId.isEmpty() && actions.size() == 1) {
            return Optional.of(actions.getFirst());
        }
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
