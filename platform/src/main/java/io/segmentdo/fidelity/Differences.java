package io.segmentdo.fidelity;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.segmentdo.api.HttpRequest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * In which ways a request differs from a recorded one, places that are volatile aside. Bodies are compared as JSON with
 * numbers by value, forms decoded, of headers those that were recorded, and credentials.
 *
 * <p>Pure.
 */
final class Differences {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final Set<String> IGNORED_HEADERS = Set.of("user-agent", "content-length", "host", "accept");
    /** What JavaScript writes for a value that is missing. */
    private static final String NOT_GIVEN = "undefined";

    private static final int SHOWN_CHARS_MAX = 400;

    private final Vector.Expected expected;
    private final String pointer;
    private final Set<String> volatilePaths;
    private final List<String> found = new ArrayList<>();

    private Differences(Vector.Expected expected, int index, Set<String> volatilePaths) {
        this.expected = expected;
        this.pointer = "/" + index;
        this.volatilePaths = volatilePaths;
    }

    /** What differs, if anything. */
    static Optional<String> find(Vector vector, int index, HttpRequest request) {
        var differences = new Differences(vector.expected().get(index), index, vector.volatilePaths());
        differences.compare(request);
        return differences.found.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", differences.found));
    }

    /** Whether a request goes to the place of a recorded one. */
    static boolean sameAddress(Vector.Expected expected, HttpRequest request) {
        return expected.method().equals(request.method())
                && withoutQuery(expected.url())
                        .equals(withoutQuery(request.uri().toString()));
    }

    private void compare(HttpRequest request) {
        if (!expected.method().equals(request.method())) {
            differ("/method", expected.method(), request.method());
        }
        compareUrl(request.uri());
        Map<String, Object> headers = new TreeMap<>();
        request.headers().forEach((name, value) -> headers.put(name.toLowerCase(Locale.ROOT), value));
        compareHeaders(headers);
        byte[] body = "gzip".equals(headers.get("content-encoding"))
                        && !expected.bodyType().equals("base64")
                ? unzipped(request.body())
                : request.body();
        compareBody(body);
    }

    private void compareUrl(URI uri) {
        if (volatilePaths.contains(pointer + "/url")) {
            return;
        }
        String url = uri.toString().replace(NOT_GIVEN, "");
        String recorded = expected.url().replace(NOT_GIVEN, "");
        if (!withoutQuery(recorded).equals(withoutQuery(url))
                || !query(recorded).equals(query(url))) {
            differ("/url", expected.url(), url);
        }
    }

    private static String withoutQuery(String url) {
        String address = url.replace(NOT_GIVEN, "").split("[?#]", 2)[0];
        try {
            String path = URLDecoder.decode(address.replace("+", "%2B"), StandardCharsets.UTF_8);
            return path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
        } catch (IllegalArgumentException notEncoded) {
            return address;
        }
    }

    private static Map<String, Set<String>> query(String url) {
        int start = url.indexOf('?');
        Map<String, Set<String>> parameters = new TreeMap<>();
        form(start < 0 ? "" : url.substring(start + 1).split("#", 2)[0])
                .forEach((name, value) -> parameters
                        .computeIfAbsent(name, key -> new TreeSet<>())
                        .addAll(
                                value instanceof List<?> list
                                        ? list.stream().map(String::valueOf).toList()
                                        : List.of(String.valueOf(value))));
        return parameters;
    }

    private void compareHeaders(Map<String, Object> actual) {
        expected.headers().forEach((name, value) -> {
            String wanted = String.valueOf(value);
            Object given = actual.get(name);
            boolean isKnown = !IGNORED_HEADERS.contains(name) && !wanted.contains("undefined");
            boolean isSame = name.equals("content-type")
                    ? given != null && mediaType(wanted).equals(mediaType(given.toString()))
                    : wanted.equals(given);
            if (isKnown && !isSame && !volatilePaths.contains(pointer + "/headers/" + name)) {
                differ("/headers/" + name, wanted, given);
            }
        });
        if (actual.get("authorization") instanceof String given
                && !expected.headers().containsKey("authorization")
                && !isNotGiven(given)) {
            differ("/headers/authorization", null, "***");
        }
    }

    /** Whether credentials are made of nothing but settings that the recorded test did not give. */
    private static boolean isNotGiven(String authorization) {
        String credentials = authorization.replaceFirst("^Basic ", "");
        try {
            String pair = new String(Base64.getDecoder().decode(credentials), StandardCharsets.UTF_8);
            return pair.replace(NOT_GIVEN, "").replace(":", "").isEmpty();
        } catch (IllegalArgumentException notBasic) {
            return authorization.endsWith(NOT_GIVEN);
        }
    }

    private static String mediaType(String contentType) {
        return contentType.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
    }

    private void compareBody(byte[] body) {
        String text = new String(body, StandardCharsets.UTF_8);
        Object wanted = expected.body();
        switch (expected.bodyType()) {
            case "none" -> {
                if (body.length > 0) {
                    differ("/body", null, text);
                }
            }
            case "form" -> compareValues("/body", formed(wanted), formed(form(text)));
            case "base64" -> {
                byte[] bytes = Base64.getDecoder().decode(String.valueOf(wanted));
                String plain = new String(unzipped(bytes), StandardCharsets.UTF_8);
                compareValues("/body", json(plain), json(new String(unzipped(body), StandardCharsets.UTF_8)));
            }
            default -> compareValues("/body", wanted instanceof String plain ? json(plain) : wanted, json(text));
        }
    }

    /** Members of a form as texts, JSON in them parsed. */
    private static @Nullable Object formed(@Nullable Object value) {
        if (!(value instanceof Map<?, ?> map)) {
            return value;
        }
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        map.forEach((key, member) -> members.put(
                String.valueOf(key),
                member instanceof Map<?, ?> || member instanceof List<?> ? member : json(String.valueOf(member))));
        return members;
    }

    /** A text as JSON, one that is several lines of it as a list, any other as it is. */
    private static @Nullable Object json(String text) {
        try {
            return MAPPER.readValue(text, Object.class);
        } catch (JsonProcessingException notOneValue) {
            try {
                List<@Nullable Object> lines = new ArrayList<>();
                for (String line : text.strip().split("\n", -1)) {
                    lines.add(MAPPER.readValue(line, Object.class));
                }
                return lines;
            } catch (JsonProcessingException notJson) {
                return text;
            }
        }
    }

    private static Map<String, Object> form(String text) {
        Map<String, Object> members = new LinkedHashMap<>();
        for (String pair : text.split("&", -1)) {
            if (!pair.isEmpty()) {
                String[] parts = pair.split("=", 2);
                String value = parts.length < 2 ? "" : decoded(parts[1]);
                members.merge(decoded(parts[0]), value, Differences::both);
            }
        }
        return members;
    }

    private static Object both(Object first, Object second) {
        List<Object> values = new ArrayList<>();
        if (first instanceof List<?> list) {
            values.addAll(list);
        } else {
            values.add(first);
        }
        values.add(second);
        return values;
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException notEncoded) {
            return text;
        }
    }

    private void compareValues(String path, @Nullable Object wanted, @Nullable Object given) {
        if (volatilePaths.contains(pointer + path)) {
            return;
        }
        if (wanted instanceof Map<?, ?> a && given instanceof Map<?, ?> b) {
            Set<String> keys = new TreeSet<>();
            a.keySet().forEach(key -> keys.add(String.valueOf(key)));
            b.keySet().forEach(key -> keys.add(String.valueOf(key)));
            for (String key : keys) {
                String place = path + "/" + key;
                if (volatilePaths.contains(pointer + place)) {
                    continue;
                }
                if (isNotGiven(a.get(key), b.get(key))) {
                    continue;
                }
                if (a.containsKey(key) && b.containsKey(key)) {
                    compareValues(place, a.get(key), b.get(key));
                } else {
                    differ(
                            place,
                            a.containsKey(key) ? a.get(key) : "nothing",
                            b.containsKey(key) ? b.get(key) : "nothing");
                }
            }
        } else if (wanted instanceof List<?> a && given instanceof List<?> b && a.size() == b.size()) {
            for (int i = 0; i < a.size(); i++) {
                compareValues(path + "/" + i, a.get(i), b.get(i));
            }
        } else if (wanted instanceof Number a && given instanceof Number b) {
            if (a.doubleValue() != b.doubleValue()) {
                differ(path, a, b);
            }
        } else if (!Objects.equals(wanted, given)) {
            differ(path, wanted, given);
        }
    }

    /** Whether one of two values stands for what the recorded test did not give, and the other one is none too. */
    private static boolean isNotGiven(@Nullable Object one, @Nullable Object other) {
        return (NOT_GIVEN.equals(one) && (other == null || other.equals("")))
                || (NOT_GIVEN.equals(other) && (one == null || one.equals("")));
    }

    private void differ(String place, @Nullable Object wanted, @Nullable Object given) {
        String text = pointer + place + ": expected " + shown(wanted) + ", was " + shown(given);
        found.add(text);
    }

    private static String shown(@Nullable Object value) {
        String text = String.valueOf(value);
        return text.length() <= SHOWN_CHARS_MAX ? text : text.substring(0, SHOWN_CHARS_MAX) + "…";
    }

    private static byte[] unzipped(byte[] bytes) {
        try (var gzip = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
            return gzip.readAllBytes();
        } catch (IOException notZipped) {
            return bytes;
        }
    }
}
