package io.segmentdo.connector;

import io.segmentdo.mapping.Mapping;
import io.segmentdo.mapping.Scope;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A URL with places for values, {@code https://api.example/{{settings.list}}/members/{{field.id}}}. What comes from an
 * event is encoded, so that it stays within its part of the URL; variables and settings are taken as they are.
 * Immutable.
 */
final class UrlTemplate {
    private static final Pattern PLACE = Pattern.compile("\\{\\{\\s*([^}\\s]+)\\s*}}");
    private static final Set<String> TRUSTED = Set.of("settings", "vars");

    /** Stands in for one that is missing. */
    static final UrlTemplate NOWHERE = new UrlTemplate(List.of());

    private record Part(String text, Mapping value, boolean trusted) {}

    private final List<Part> parts;

    private UrlTemplate(List<Part> parts) {
        this.parts = List.copyOf(parts);
    }

    /** Reads a required URL; places must start with one of the names, and with no secret setting. */
    static UrlTemplate read(YamlObject request, String key, Set<String> names, Set<String> secrets) {
        String text = request.text(key);
        var parts = new ArrayList<Part>();
        Matcher place = PLACE.matcher(text);
        int from = 0;
        while (place.find()) {
            String path = place.group(1);
            String name = path.split("[.\\[]", 2)[0];
            if (!names.contains(name)) {
                request.problem(key, "places that start with one of " + String.join(", ", names));
            }
            if (secrets.stream().anyMatch(secret -> path.equals("settings." + secret))) {
                request.problem(key, "a URL without secrets, they belong into auth");
            }
            parts.add(new Part(
                    text.substring(from, place.start()), template("{{" + path + "}}"), TRUSTED.contains(name)));
            from = place.end();
        }
        parts.add(new Part(text.substring(from), template(""), true));
        return new UrlTemplate(parts);
    }

    private static Mapping template(String text) {
        return Mapping.compile(Map.of("@template", text));
    }

    /** The URL for one event. */
    String fill(Scope scope) {
        var url = new StringBuilder();
        for (Part part : parts) {
            String value = String.valueOf(part.value().apply(scope));
            url.append(part.text()).append(part.trusted() ? value : encode(value));
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
