package io.segmentdo.api;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Declares one setting of a destination.
 *
 * <p>Immutable; each method that sets something makes another one.
 */
public final class Setting {
    /** What values a setting takes. */
    public enum Type {
        /** Any text. */
        TEXT,
        /** An http or https URL. */
        URL,
        /** A whole number. */
        INTEGER,
        /** A number, with or without parts. */
        NUMBER,
        /** True or false. */
        FLAG,
        /** One of some texts. */
        CHOICE,
        /** Several texts. */
        TEXTS,
        /** Texts by name, e.g. headers. */
        TEXT_MAP
    }

    private final String name;
    private final Type type;
    private final String label;
    private final String help;
    private final boolean secret;
    private final boolean required;
    private final @Nullable Object defaultValue;
    private final List<String> choices;
    private final @Nullable Pattern pattern;
    private final long min;
    private final long max;
    private final @Nullable String dependsOn;
    private final List<String> dependsOnValues;

    private Setting(Draft draft) {
        this.name = draft.name;
        this.type = draft.type;
        this.label = draft.label;
        this.help = draft.help;
        this.secret = draft.secret;
        this.required = draft.required;
        this.defaultValue = draft.defaultValue;
        this.choices = draft.choices;
        this.pattern = draft.pattern;
        this.min = draft.min;
        this.max = draft.max;
        this.dependsOn = draft.dependsOn;
        this.dependsOnValues = draft.dependsOnValues;
    }

    /** A text. */
    public static Setting text(String name) {
        return new Setting(new Draft(name, Type.TEXT));
    }

    /** A text that is never shown, logged or returned. */
    public static Setting secret(String name) {
        return text(name).secret();
    }

    /** An http or https URL. */
    public static Setting url(String name) {
        return new Setting(new Draft(name, Type.URL));
    }

    /** A whole number within a range, both ends included. */
    public static Setting integer(String name, long min, long max) {
        Draft draft = new Draft(name, Type.INTEGER);
        draft.min = min;
        draft.max = max;
        return new Setting(draft);
    }

    /** A number, with or without parts. */
    public static Setting number(String name) {
        return new Setting(new Draft(name, Type.NUMBER));
    }

    /** True or false. */
    public static Setting flag(String name) {
        return new Setting(new Draft(name, Type.FLAG));
    }

    /** One of these texts. */
    public static Setting choice(String name, String... choices) {
        Draft draft = new Draft(name, Type.CHOICE);
        draft.choices = List.of(choices);
        return new Setting(draft);
    }

    /** Several texts. */
    public static Setting texts(String name) {
        return new Setting(new Draft(name, Type.TEXTS));
    }

    /** Texts by name, e.g. headers. */
    public static Setting textMap(String name) {
        return new Setting(new Draft(name, Type.TEXT_MAP));
    }

    /** With a label for the form. */
    public Setting label(String text) {
        Draft draft = new Draft(this);
        draft.label = text;
        return new Setting(draft);
    }

    /** With a sentence that helps to fill it in. */
    public Setting help(String sentence) {
        Draft draft = new Draft(this);
        draft.help = sentence;
        return new Setting(draft);
    }

    /** Never shown, logged or returned. */
    public Setting secret() {
        Draft draft = new Draft(this);
        draft.secret = true;
        return new Setting(draft);
    }

    /** Must be given. */
    public Setting required() {
        Draft draft = new Draft(this);
        draft.required = true;
        return new Setting(draft);
    }

    /** Matters only where another setting has one of these values; elsewhere it need not be given. */
    public Setting dependsOn(String otherName, Object... values) {
        Draft draft = new Draft(this);
        draft.dependsOn = otherName;
        draft.dependsOnValues = Arrays.stream(values).map(String::valueOf).toList();
        return new Setting(draft);
    }

    /** What holds when it is not given. */
    public Setting defaultsTo(Object value) {
        Draft draft = new Draft(this);
        draft.defaultValue = value;
        Setting next = new Setting(draft);
        next.findProblem(value).ifPresent(problem -> {
            throw new IllegalArgumentException(problem);
        });
        return next;
    }

    /** The whole text must match this regular expression. */
    public Setting pattern(String regex) {
        Draft draft = new Draft(this);
        draft.pattern = Pattern.compile(regex);
        return new Setting(draft);
    }

    public String name() {
        return name;
    }

    public Type type() {
        return type;
    }

    /** For the form; the name where none was given. */
    public String label() {
        return label;
    }

    public String help() {
        return help;
    }

    public boolean isSecret() {
        return secret;
    }

    public boolean isRequired() {
        return required;
    }

    public Optional<Object> defaultValue() {
        return Optional.ofNullable(defaultValue);
    }

    /** The texts of a choice, otherwise empty. */
    public List<String> choices() {
        return choices;
    }

    /** The setting on whose value it depends whether it matters. */
    public Optional<String> dependsOn() {
        return Optional.ofNullable(dependsOn);
    }

    /** The values of that setting with which it matters. */
    public List<String> dependsOnValues() {
        return dependsOnValues;
    }

    /** The sentence that says what is wrong with a value; never contains a secret. */
    public Optional<String> findProblem(Object value) {
        if (fits(value)) {
            return Optional.empty();
        }
        return Optional.of(name + ": " + (secret ? "***" : value) + " (expected: " + expectation() + ")");
    }

    private boolean fits(Object value) {
        return switch (type) {
            case TEXT -> value instanceof String text && matchesPattern(text);
            case URL -> value instanceof String text && matchesPattern(text) && isHttpUrl(text);
            case INTEGER -> integral(value).filter(n -> n >= min && n <= max).isPresent();
            case NUMBER -> decimal(value).isPresent();
            case FLAG -> value instanceof Boolean || "true".equals(value) || "false".equals(value);
            case CHOICE -> value instanceof String text && choices.contains(text);
            case TEXTS -> value instanceof Collection<?> list && list.stream().allMatch(Setting::isScalar);
            case TEXT_MAP ->
                value instanceof Map<?, ?> map
                        && map.keySet().stream().allMatch(String.class::isInstance)
                        && map.values().stream().allMatch(Setting::isScalar);
        };
    }

    private String expectation() {
        String form = pattern == null ? "" : " that matches " + pattern;
        return switch (type) {
            case TEXT -> "a text" + form;
            case URL -> "an http or https URL" + form;
            case INTEGER -> "a whole number from " + min + " to " + max;
            case NUMBER -> "a number";
            case FLAG -> "true or false";
            case CHOICE -> "one of " + String.join(", ", choices);
            case TEXTS -> "a list of texts";
            case TEXT_MAP -> "texts by name";
        };
    }

    private boolean matchesPattern(String text) {
        return !text.isEmpty() && (pattern == null || pattern.matcher(text).matches());
    }

    /** The whole number that a value is or spells. */
    static Optional<Long> integral(Object value) {
        if (value instanceof Integer || value instanceof Long || value instanceof Short) {
            return Optional.of(((Number) value).longValue());
        }
        if (value instanceof String text && text.matches("-?\\d{1,18}")) {
            return Optional.of(Long.valueOf(text));
        }
        return Optional.empty();
    }

    /** The finite number that a value is or spells. */
    static Optional<Double> decimal(Object value) {
        boolean isSpelled = value instanceof String text && text.matches("-?\\d{1,18}(\\.\\d{1,18})?");
        if (!isSpelled && !(value instanceof Number)) {
            return Optional.empty();
        }
        double number = Double.parseDouble(value.toString());
        return Double.isFinite(number) ? Optional.of(number) : Optional.empty();
    }

    private static boolean isScalar(@Nullable Object value) {
        return value instanceof String || value instanceof Number || value instanceof Boolean;
    }

    private static boolean isHttpUrl(String text) {
        try {
            URI uri = new URI(text);
            String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
            return (scheme.equals("http") || scheme.equals("https")) && uri.getHost() != null;
        } catch (URISyntaxException e) {
            return false;
        }
    }

    @Override
    public String toString() {
        return "Setting[" + name + ": " + type + "]";
    }

    /** A setting that is being made. */
    private static final class Draft {
        private final String name;
        private final Type type;
        private String label;
        private String help = "";
        private boolean secret;
        private boolean required;
        private @Nullable Object defaultValue;
        private List<String> choices = List.of();
        private @Nullable Pattern pattern;
        private long min = Long.MIN_VALUE;
        private long max = Long.MAX_VALUE;
        private @Nullable String dependsOn;
        private List<String> dependsOnValues = List.of();

        Draft(String name, Type type) {
            this.name = name;
            this.type = type;
            this.label = name;
        }

        Draft(Setting from) {
            this(from.name, from.type);
            label = from.label;
            help = from.help;
            secret = from.secret;
            required = from.required;
            defaultValue = from.defaultValue;
            choices = from.choices;
            pattern = from.pattern;
            min = from.min;
            max = from.max;
            dependsOn = from.dependsOn;
            dependsOnValues = from.dependsOnValues;
        }
    }
}
