package io.segmentdo.connector;

import io.segmentdo.api.HttpRequest;
import io.segmentdo.api.Json;
import io.segmentdo.mapping.Mapping;
import io.segmentdo.mapping.Scope;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * How a request is made of what a scope holds.
 *
 * <p>Immutable.
 *
 * @param method the HTTP method
 * @param with values worked out first, bound under their own names
 * @param url the address without the query
 * @param query parameters; those that are missing or null are left out
 * @param headers headers, likewise
 * @param kind how the body is written: none, json, form, ndjson or text
 * @param body the body's value
 * @param gzip whether the body is compressed
 */
record RequestPlan(
        String method,
        Mapping with,
        UrlTemplate url,
        Mapping query,
        Mapping headers,
        String kind,
        Mapping body,
        boolean gzip) {
    private static final Map<String, String> CONTENT_TYPES = Map.of(
            "json", "application/json",
            "form", "application/x-www-form-urlencoded",
            "ndjson", "application/x-ndjson",
            "text", "text/plain; charset=utf-8");

    /** Reads {@code request}. */
    static RequestPlan read(YamlObject action, Set<String> names, Set<String> secrets) {
        if (!action.has("request")) {
            action.problem("request", "method, url and what belongs to them");
        }
        YamlObject request =
                action.object("request").allow("method", "with", "url", "query", "headers", "body", "gzip");
        Set<String> all = new HashSet<>(names);
        all.addAll(request.object("with").keys());
        YamlObject body = request.object("body").allow("json", "form", "ndjson", "text");
        if (body.keys().size() > 1) {
            request.problem("body", "only one of json, form, ndjson, text");
        }
        String kind = body.keys().isEmpty() ? "none" : body.keys().iterator().next();
        return new RequestPlan(
                request.choice("method", "POST", "GET", "PUT", "PATCH", "DELETE"),
                request.object("with").keys().isEmpty() ? Mapping.compile(Map.of()) : request.mapping("with", names),
                action.has("request") ? UrlTemplate.read(request, "url", all, secrets) : UrlTemplate.NOWHERE,
                members(request, "query", all),
                members(request, "headers", all),
                kind,
                body.mapping(kind, all),
                request.flag("gzip"));
    }

    private static Mapping members(YamlObject request, String key, Set<String> names) {
        request.object(key);
        return request.has(key) ? request.mapping(key, names) : Mapping.compile(Map.of());
    }

    /**
     * Makes the request.
     *
     * @throws IllegalArgumentException if the address is none
     */
    HttpRequest make(Scope scope, Json json) {
        Scope all = scope;
        if (with.apply(scope) instanceof Map<?, ?> values) {
            for (Map.Entry<?, ?> value : values.entrySet()) {
                all = all.with(String.valueOf(value.getKey()), value.getValue());
            }
        }
        String address = url.fill(all);
        String parameters = form(query.apply(all));
        String separator = parameters.isEmpty() ? "" : address.indexOf('?') < 0 ? "?" : "&";
        HttpRequest request = HttpRequest.of(method, URI.create(address + separator + parameters));
        String contentType = CONTENT_TYPES.get(kind);
        if (contentType != null) {
            byte[] bytes = bytes(body.apply(all), json);
            request = request.header("Content-Type", contentType).body(gzip ? compressed(bytes) : bytes);
            request = gzip ? request.header("Content-Encoding", "gzip") : request;
        }
        if (headers.apply(all) instanceof Map<?, ?> values) {
            for (Map.Entry<?, ?> header : values.entrySet()) {
                if (header.getValue() != null) {
                    request = request.header(String.valueOf(header.getKey()), text(header.getValue()));
                }
            }
        }
        return request;
    }

    private byte[] bytes(@Nullable Object value, Json json) {
        if (kind.equals("json")) {
            return value == null ? "null".getBytes(StandardCharsets.UTF_8) : json.write(value);
        }
        if (kind.equals("ndjson")) {
            var lines = new ByteArrayOutputStream();
            for (Object line : value instanceof List<?> list ? list : List.of()) {
                lines.writeBytes(json.write(line));
                lines.write('\n');
            }
            return lines.toByteArray();
        }
        return (kind.equals("form") ? form(value) : text(value)).getBytes(StandardCharsets.UTF_8);
    }

    private static String form(@Nullable Object value) {
        var pairs = new StringJoiner("&");
        if (value instanceof Map<?, ?> map) {
            map.forEach((key, member) -> {
                for (Object single : member instanceof List<?> list ? list : single(member)) {
                    pairs.add(UrlTemplate.encode(String.valueOf(key)) + "=" + UrlTemplate.encode(text(single)));
                }
            });
        }
        return pairs.toString();
    }

    private static List<?> single(@Nullable Object value) {
        return value == null ? List.of() : List.of(value);
    }

    private static final Mapping AS_TEXT = Mapping.compile(Map.of("@template", "{{.}}"));

    /** A value as in templates. */
    private static String text(@Nullable Object value) {
        return value instanceof String text ? text : String.valueOf(AS_TEXT.apply(Scope.of(value)));
    }

    private static byte[] compressed(byte[] bytes) {
        var compressed = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(compressed)) {
            gzip.write(bytes);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return compressed.toByteArray();
    }
}
