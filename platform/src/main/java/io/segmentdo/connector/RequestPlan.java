package io.segmentdo.connector;

import io.segmentdo.api.HttpRequest;
import io.segmentdo.api.Json;
import io.segmentdo.mapping.Mapping;
import io.segmentdo.mapping.Scope;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.zip.GZIPOutputStream;

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
 * @param kind how the body is written, where there is one
 * @param body the body's value
 * @param gzip whether the body is compressed
 */
record RequestPlan(
        String method,
        Mapping with,
        UrlTemplate url,
        Mapping query,
        Mapping headers,
        Optional<BodyKind> kind,
        Mapping body,
        boolean gzip) {
    /** Reads {@code request}. */
    static RequestPlan read(YamlObject action, Set<String> names, Set<String> secrets) {
        if (!action.has("request")) {
            action.problem("request", "method, url and what belongs to them");
        }
        YamlObject request =
                action.object("request").allow("method", "with", "url", "query", "headers", "body", "gzip");
        Set<String> all = new HashSet<>(names);
        all.addAll(request.object("with").keys());
        YamlObject body = request.object("body").allow(BodyKind.words());
        if (body.keys().size() > 1) {
            request.problem("body", "only one of " + String.join(", ", BodyKind.words()));
        }
        Optional<String> kind =
                body.keys().stream().filter(List.of(BodyKind.words())::contains).findFirst();
        return new RequestPlan(
                request.choice("method", "POST", "GET", "PUT", "PATCH", "DELETE"),
                request.object("with").keys().isEmpty() ? Mapping.compile(Map.of()) : request.mapping("with", names),
                action.has("request") ? UrlTemplate.read(request, "url", all, secrets) : UrlTemplate.NOWHERE,
                members(request, "query", all),
                members(request, "headers", all),
                kind.map(word -> BodyKind.valueOf(word.toUpperCase(Locale.ROOT))),
                kind.map(word -> body.mapping(word, all)).orElse(Mapping.compile(Map.of())),
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
        // a colon has no meaning in a query, and some vendors do not decode it
        String parameters = BodyKind.form(query.apply(all)).replace("%3A", ":");
        String separator = parameters.isEmpty() ? "" : address.indexOf('?') < 0 ? "?" : "&";
        HttpRequest request = HttpRequest.of(method, URI.create(address + separator + parameters));
        if (kind.isPresent()) {
            byte[] bytes = kind.get().write(body.apply(all), json);
            request = request.header("Content-Type", kind.get().contentType()).body(gzip ? compressed(bytes) : bytes);
            request = gzip ? request.header("Content-Encoding", "gzip") : request;
        }
        if (headers.apply(all) instanceof Map<?, ?> values) {
            for (Map.Entry<?, ?> header : values.entrySet()) {
                if (header.getValue() != null) {
                    request = request.header(String.valueOf(header.getKey()), BodyKind.text(header.getValue()));
                }
            }
        }
        return request;
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
