package io.segmentdo.connector;

import io.segmentdo.api.HttpRequest;
import io.segmentdo.api.Json;
import io.segmentdo.mapping.Mapping;
import io.segmentdo.mapping.Scope;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * How a request is made of what a scope holds.
 *
 * <p>Immutable.
 *
 * @param method the HTTP method, or what gives it
 * @param with values worked out first, bound under their own names
 * @param url the address without the query
 * @param query parameters; those that are missing or null are left out
 * @param headers headers, likewise
 * @param kind how the body is written, or what gives the word for it, where there is a body
 * @param body the body's value
 * @param gzip whether the body is compressed
 * @param timeout how long the request may take, where that is less than the platform allows
 */
record RequestPlan(
        Mapping method,
        Mapping with,
        UrlTemplate url,
        Mapping query,
        Mapping headers,
        Optional<Mapping> kind,
        Mapping body,
        boolean gzip,
        Optional<Duration> timeout) {
    /** What a header can carry, so that no value becomes a header of its own. */
    private static final Pattern HEADER_VALUE = Pattern.compile("[\\t\\x20-\\x7e\\x80-\\xff]*");

    private static final String[] METHODS = {"POST", "GET", "PUT", "PATCH", "DELETE"};

    /** Reads {@code request}. */
    static RequestPlan read(YamlObject action, Set<String> names, Set<String> secrets) {
        if (!action.has("request")) {
            action.problem("request", "method, url and what belongs to them");
        }
        YamlObject request =
                action.object("request").allow("method", "with", "url", "query", "headers", "body", "gzip", "timeout");
        Set<String> all = new HashSet<>(names);
        all.addAll(request.object("with").names());
        YamlObject body = request.object("body");
        boolean isChosen = body.has("as");
        if (isChosen) {
            body.allow("as", "value");
        } else {
            body.allow(BodyKind.words());
        }
        List.of(BodyKind.words()).forEach(word -> body.takes(word, SchemaNode.Kind.MAPPING));
        body.schema().knows("as", "value");
        request.takes("url", SchemaNode.Kind.MAPPING);
        UrlTemplate.checkSecrets(request, "query", secrets);
        body.takes("as", SchemaNode.Kind.MAPPING).takes("value", SchemaNode.Kind.MAPPING);
        if (!isChosen && body.keys().size() > 1) {
            request.problem("body", "only one of " + String.join(", ", BodyKind.words()));
        }
        Optional<String> kind =
                body.keys().stream().filter(List.of(BodyKind.words())::contains).findFirst();
        return new RequestPlan(
                method(request, all),
                request.object("with").names().isEmpty() ? Mapping.compile(Map.of()) : request.mapping("with", names),
                action.has("request") ? UrlTemplate.read(request, "url", all, secrets) : UrlTemplate.NOWHERE,
                members(request, "query", all),
                members(request, "headers", all),
                isChosen
                        ? Optional.of(body.mapping("as", all))
                        : kind.map(word -> Mapping.compile((Object) word, Set.of())),
                isChosen
                        ? body.mapping("value", all)
                        : kind.map(word -> body.mapping(word, all)).orElse(Mapping.compile(Map.of())),
                request.flag("gzip"),
                timeout(request));
    }

    private static Optional<Duration> timeout(YamlObject request) {
        Duration timeout = request.span("timeout", Duration.ofSeconds(1));
        return request.has("timeout") ? Optional.of(timeout) : Optional.empty();
    }

    private static Mapping method(YamlObject request, Set<String> names) {
        return request.takes("method", SchemaNode.Kind.MAPPING).raw("method") instanceof Map<?, ?>
                ? request.mapping("method", names)
                : Mapping.compile((Object) request.choice("method", METHODS), Set.of());
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
        HttpRequest request =
                HttpRequest.of(word(method.apply(all), METHODS), URI.create(address + separator + parameters));
        if (kind.isPresent()) {
            String word = word(kind.get().apply(all), BodyKind.words());
            BodyKind chosen = BodyKind.valueOf(word.toUpperCase(Locale.ROOT));
            byte[] bytes = chosen.write(body.apply(all), json);
            request = request.header("Content-Type", chosen.contentType()).body(gzip ? compressed(bytes) : bytes);
            request = gzip ? request.header("Content-Encoding", "gzip") : request;
        }
        if (headers.apply(all) instanceof Map<?, ?> values) {
            for (Map.Entry<?, ?> header : values.entrySet()) {
                if (header.getValue() != null) {
                    String value = BodyKind.text(header.getValue());
                    if (!HEADER_VALUE.matcher(value).matches()) {
                        throw new IllegalArgumentException("a header that cannot carry its value");
                    }
                    request = request.header(String.valueOf(header.getKey()), value);
                }
            }
        }
        return timeout.map(request::within).orElse(request);
    }

    private static String word(@Nullable Object value, String[] words) {
        String word = String.valueOf(value);
        if (!List.of(words).contains(word)) {
            throw new IllegalArgumentException("expected: one of " + String.join(", ", words));
        }
        return word;
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
