package io.segmentdo.config;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The types of single values: how each is read from text and written back. */
final class Scalars {
    /** A type's parser, which throws an {@link IllegalArgumentException} for what is not of the type, and its name. */
    record Scalar(String expected, Function<String, Object> parse) {}

    private static final Map<Class<?>, Scalar> KNOWN = Map.ofEntries(
            Map.entry(String.class, new Scalar("text", text -> text)),
            Map.entry(int.class, new Scalar("a whole number", Integer::valueOf)),
            Map.entry(long.class, new Scalar("a whole number", Long::valueOf)),
            Map.entry(double.class, new Scalar("a number", Double::valueOf)),
            Map.entry(boolean.class, new Scalar("true or false", Scalars::truth)),
            Map.entry(Duration.class, new Scalar("a duration such as 500ms, 30s, 4h or 7d", Durations::parse)),
            Map.entry(ByteSize.class, new Scalar("a size such as 512KiB, 4MiB or 2GB", ByteSize::parse)),
            Map.entry(URI.class, new Scalar("a URI", URI::create)),
            Map.entry(Path.class, new Scalar("a path", Path::of)),
            Map.entry(Secret.class, new Scalar("text, best as ${env:NAME} or ${file:path}", Secret::new)));

    private Scalars() {}

    static Optional<Scalar> of(Class<?> type) {
        return type.isEnum() ? Optional.of(enumOf(type)) : Optional.ofNullable(KNOWN.get(type));
    }

    /** Whether a type is a record of keys, rather than a record that is one value, such as {@link ByteSize}. */
    static boolean isSection(Class<?> type) {
        return type.isRecord() && of(type).isEmpty();
    }

    /** A value as it would be written in YAML; secrets are masked. */
    static String format(Object value) {
        return switch (value) {
            case Duration duration -> Durations.format(duration);
            case Enum<?> constant -> kebab(constant);
            default -> value.toString();
        };
    }

    private static Scalar enumOf(Class<?> type) {
        Object[] constants = type.getEnumConstants();
        String names = Arrays.stream(constants).map(Scalars::kebab).collect(Collectors.joining(", "));
        return new Scalar(
                "one of " + names,
                text -> Arrays.stream(constants)
                        .filter(constant -> kebab(constant).equals(text.toLowerCase(Locale.ROOT)))
                        .findFirst()
                        .orElseThrow(() -> new IllegalArgumentException(text)));
    }

    private static String kebab(Object constant) {
        return ((Enum<?>) constant).name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static Boolean truth(String text) {
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException(text);
        };
    }
}
