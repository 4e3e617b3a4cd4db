package io.segmentdo.connector;

import io.segmentdo.mapping.Mapping;
import io.segmentdo.mapping.Scope;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A URL with places for values, {@code https://api.example/{{settings.list}}/members/{{field.id}}}. What comes from an
 * event is encoded, so that it stays within its part of the URL; variables and settings are taken as they are. In
 * {@code {{{step.path}}}} slashes stay. Immutable.
 */
final class UrlTemplate {
    private static final Pattern PLACE = Pattern.compile("\\{\\{\\{\\s*([^}\\s]+)\\s*}}}|\\{\\{\\s*([^}\\s]+)\\s*}}");
    private static final String WITHOUT_SECRETS = "a URL without secrets, they belong into auth";
    private static final Set<String> TRUSTED = Set.of("settings", "vars");

    /** Stands in for one that is missing. */
    static final UrlTemplate NOWHERE = new UrlTemplate(List.of(), Optional.empty());

    private enum Encoding {
        NONE,
        SEGMENTS,
        ALL
    }

    private record Part(String text, Mapping value, Encoding encoding) {}

    /** Another address, for the cases in which a condition does not hold. */
    private record Alternative(Mapping condition, UrlTemplate otherwise) {}

    private final List<Part> parts;
    private final Optional<Alternative> alternative;

    private UrlTemplate(List<Part> parts, Optional<Alternative> alternative) {
        this.parts = List.copyOf(parts);
        this.alternative = alternative;
    }

    /**
     * Reads a required URL, or a directive that gives a whole one, or {@code {if, then, else}} with two; places must start with one of the names, and with no
     * secret setting.
     */
    static UrlTemplate read(YamlObject request, String key, Set<String> names, Set<String> secrets) {
        if (request.raw(key) instanceof Map<?, ?> map
                && map.size() == 1
                && String.valueOf(map.keySet().iterator().next()).startsWith("@")) {
            checkSecrets(request, key, secrets);
            return new UrlTemplate(List.of(new Part("", request.mapping(key, names), Encoding.NONE)), Optional.empty());
        }
        if (request.raw(key) instanceof Map<?, ?>) {
            YamlObject choice = request.object(key).allow("if", "then", "else");
            UrlTemplate then = read(choice, "then", names, secrets);
            UrlTemplate otherwise = read(choice, "else", names, secrets);
            return new UrlTemplate(then.parts, Optional.of(new Alternative(choice.mapping("if", names), otherwise)));
        }
        String text = request.text(key);
        var parts = new ArrayList<Part>();
        Matcher place = PLACE.matcher(text);
        int from = 0;
        while (place.find()) {
            boolean keepsSlashes = place.group(1) != null;
            String path = keepsSlashes ? place.group(1) : place.group(2);
            String name = path.split("[.\\[]", 2)[0];
            if (!names.contains(name)) {
                request.problem(key, "places that start with one of " + String.join(", ", names));
            }
            if (secrets.stream().anyMatch(secret -> path.equals("settings." + secret))) {
                request.problem(key, WITHOUT_SECRETS);
            }
            Encoding encoding =
                    TRUSTED.contains(name) ? Encoding.NONE : keepsSlashes ? Encoding.SEGMENTS : Encoding.ALL;
            parts.add(new Part(text.substring(from, place.start()), template("{{" + path + "}}"), encoding));
            from = place.end();
        }
        parts.add(new Part(text.substring(from), template(""), Encoding.NONE));
        return new UrlTemplate(parts, Optional.empty());
    }

    /** Finds secret settings in what becomes a part of a URL; what is signed or hashed with them may stand there. */
    static void checkSecrets(YamlObject request, String key, Set<String> secrets) {
        if (mentions(request.raw(key), secrets)) {
            request.problem(key, WITHOUT_SECRETS);
        }
    }

    private static boolean mentions(@Nullable Object value, Set<String> secrets) {
        return switch (value) {
            case Map<?, ?> map ->
                !map.containsKey("@hmac")
                        && !map.containsKey("@hash")
                        && (secrets.contains(String.valueOf(map.get("@settings")))
                                || map.values().stream().anyMatch(member -> mentions(member, secrets)));
            case List<?> list -> list.stream().anyMatch(element -> mentions(element, secrets));
            case String text -> secrets.stream().anyMatch(secret -> text.contains("{{settings." + secret + "}}"));
            case null -> false;
            default -> false;
        };
    }

    private static Mapping template(String text) {
        return Mapping.compile(Map.of("@template", text));
    }

    /** The URL for one event. */
    String fill(Scope scope) {
        if (alternative.isPresent()
                && !Boolean.TRUE.equals(alternative.get().condition().apply(scope))) {
            return alternative.get().otherwise().fill(scope);
        }
        var url = new StringBuilder();
        for (Part part : parts) {
            String value = String.valueOf(part.value().apply(scope));
            url.append(part.text())
                    .append(
                            switch (part.encoding()) {
                                case NONE -> value;
                                case SEGMENTS -> encode(value).replace("%2F", "/");
                                case ALL -> encode(value);
                            });
        }
        return url.toString();
    }

    /** Encodes everything but letters, digits and {@code -._~}. */
    static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace("*", "%2A")
                .replace("%7E", "~");
    }
}
