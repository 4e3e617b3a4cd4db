package io.segmentdo.api;

import java.net.URI;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The settings of one configured destination, complete and valid by its descriptor.
 *
 * <p>Asking for a setting that the descriptor does not declare is a bug and throws {@link IllegalArgumentException}.
 * Immutable.
 */
public final class Settings {
    private final Descriptor descriptor;
    private final Map<String, Object> values;

    private Settings(Descriptor descriptor, Map<String, Object> values) {
        this.descriptor = descriptor;
        this.values = values;
    }

    /**
     * Reads configured values: fills in defaults and checks every one.
     *
     * @throws SettingsException with all problems at once, unknown names included
     */
    public static Settings of(Descriptor descriptor, Map<String, Object> configured) {
        List<String> problems = new ArrayList<>();
        Map<String, Object> values = new LinkedHashMap<>();
        for (Setting setting : descriptor.settings()) {
            Object value = configured.get(setting.name());
            if (value != null) {
                setting.findProblem(value).ifPresentOrElse(problems::add, () -> values.put(setting.name(), value));
            } else if (setting.defaultValue().isPresent()) {
                values.put(setting.name(), setting.defaultValue().get());
            } else if (setting.isRequired() && matters(setting, descriptor, configured)) {
                problems.add(setting.name() + ": missing (" + setting.label() + ")");
            }
        }
        for (String name : configured.keySet()) {
            if (descriptor.findSetting(name).isEmpty()) {
                problems.add(name + ": unknown (expected: one of "
                        + String.join(
                                ", ",
                                descriptor.settings().stream()
                                        .map(Setting::name)
                                        .toList()) + ")");
            }
        }
        if (!problems.isEmpty()) {
            throw new SettingsException(problems);
        }
        return new Settings(descriptor, values);
    }

    private static boolean matters(Setting setting, Descriptor descriptor, Map<String, Object> configured) {
        return setting.dependsOn()
                .map(other -> {
                    Object value = configured.get(other);
                    Object effective = value == null
                            ? descriptor
                                    .findSetting(other)
                                    .flatMap(Setting::defaultValue)
                                    .orElse("")
                            : value;
                    return setting.dependsOnValues().contains(String.valueOf(effective));
                })
                .orElse(true);
    }

    /** Whether a setting was given or has a default. */
    public boolean has(String name) {
        return find(name) != null;
    }

    /** A text, URL or choice. */
    public String text(String name) {
        return String.valueOf(require(name));
    }

    /** A text, URL or choice that need not be given. */
    public Optional<String> findText(String name) {
        return Optional.ofNullable(find(name)).map(String::valueOf);
    }

    /** A URL. */
    public URI url(String name) {
        return URI.create(text(name));
    }

    /** A whole number. */
    public long integer(String name) {
        Object value = require(name);
        return Setting.integral(value)
                .orElseThrow(() -> new IllegalArgumentException(name + " is no INTEGER setting of " + descriptor.id()));
    }

    /** A number, with or without parts. */
    public double number(String name) {
        Object value = require(name);
        return Setting.decimal(value)
                .orElseThrow(() -> new IllegalArgumentException(name + " is no NUMBER setting of " + descriptor.id()));
    }

    /** True or false; false when it was not given. */
    public boolean flag(String name) {
        return Boolean.parseBoolean(String.valueOf(find(name)));
    }

    /** Several texts; none when they were not given. */
    public List<String> texts(String name) {
        List<String> texts = new ArrayList<>();
        if (find(name) instanceof Collection<?> values) {
            values.forEach(value -> texts.add(String.valueOf(value)));
        }
        return List.copyOf(texts);
    }

    /** Texts by name in their order; none when they were not given. */
    public Map<String, String> textMap(String name) {
        Map<String, String> texts = new LinkedHashMap<>();
        if (find(name) instanceof Map<?, ?> map) {
            map.forEach((key, value) -> texts.put(String.valueOf(key), String.valueOf(value)));
        }
        return texts;
    }

    /** Every secret text in these settings, for masking. */
    public List<String> secretTexts() {
        List<String> secrets = new ArrayList<>();
        for (String name : descriptor.secrets()) {
            Object value = values.get(name);
            switch (value) {
                case null -> {}
                case Map<?, ?> map -> map.values().forEach(v -> secrets.add(String.valueOf(v)));
                case Collection<?> list -> list.forEach(v -> secrets.add(String.valueOf(v)));
                default -> secrets.add(value.toString());
            }
        }
        return secrets;
    }

    private Object require(String name) {
        Object value = find(name);
        if (value == null) {
            throw new SettingsException(name + ": missing");
        }
        return value;
    }

    private @Nullable Object find(String name) {
        if (descriptor.findSetting(name).isEmpty()) {
            throw new IllegalArgumentException(name + " is no setting of " + descriptor.id());
        }
        return values.get(name);
    }

    /** The names only. */
    @Override
    public String toString() {
        return "Settings" + values.keySet();
    }
}
