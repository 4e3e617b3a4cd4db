package io.segmentdo.connector;

import io.segmentdo.api.HttpRequest;
import io.segmentdo.mapping.Mapping;
import io.segmentdo.mapping.Scope;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Adds credentials to a finished request. Immutable. */
@FunctionalInterface
interface Authentication {
    /** The request with credentials; the scope holds the settings. */
    HttpRequest authenticate(HttpRequest request, Scope scope);

    /** No credentials. */
    Authentication NONE = (request, scope) -> request;

    /** Reads {@code auth}: at most one of basic, bearer, apiKey and hmac. */
    static Authentication read(YamlObject connector, Set<String> names) {
        if (!connector.has("auth") || "none".equals(connector.raw("auth"))) {
            return NONE;
        }
        YamlObject auth = connector.object("auth").allow("basic", "bearer", "apiKey", "hmac");
        if (auth.keys().size() != 1) {
            connector.problem("auth", "none, or one of basic, bearer, apiKey, hmac");
            return NONE;
        }
        return switch (auth.keys().iterator().next()) {
            case "basic" -> basic(auth.object("basic").allow("user", "password"), names);
            case "bearer" -> bearer(auth.mapping("bearer", names));
            case "apiKey" -> apiKey(auth.object("apiKey").allow("in", "name", "value"), names);
            case "hmac" -> hmac(auth.object("hmac").allow("key", "header", "algorithm", "encoding", "prefix"), names);
            default -> NONE;
        };
    }

    private static Authentication basic(YamlObject auth, Set<String> names) {
        Mapping user = auth.mapping("user", names);
        Mapping password = auth.mapping("password", names);
        return (request, scope) -> {
            byte[] pair = (text(user, scope) + ":" + text(password, scope)).getBytes(StandardCharsets.UTF_8);
            return request.header(
                    "Authorization", "Basic " + Base64.getEncoder().encodeToString(pair));
        };
    }

    private static Authentication bearer(Mapping token) {
        return (request, scope) -> request.header("Authorization", "Bearer " + text(token, scope));
    }

    private static Authentication apiKey(YamlObject auth, Set<String> names) {
        String name = auth.text("name");
        Mapping value = auth.mapping("value", names);
        if (auth.choice("in", "header", "query").equals("header")) {
            return (request, scope) -> request.header(name, text(value, scope));
        }
        return (request, scope) -> {
            String url = request.uri().toString();
            String pair = UrlTemplate.encode(name) + "=" + UrlTemplate.encode(text(value, scope));
            URI uri = URI.create(url + (url.indexOf('?') < 0 ? "?" : "&") + pair);
            return HttpRequest.of(request.method(), uri)
                    .headers(request.headers())
                    .body(request.body());
        };
    }

    /** Signs the body; without a key, which then is not required, it stays unsigned. */
    private static Authentication hmac(YamlObject auth, Set<String> names) {
        String header = auth.text("header");
        String prefix = auth.text("prefix", "");
        Mapping key = auth.mapping("key", names);
        Mapping signature = Mapping.compile(
                Map.of(
                        "@hmac",
                        Map.of(
                                "value", Map.of("@body", true),
                                "key", Map.of("@key", true),
                                "algorithm", auth.choice("algorithm", "sha256", "sha1", "sha512"),
                                "encoding", auth.choice("encoding", "hex", "base64"))),
                Set.of("body", "key"));
        return (request, scope) -> {
            String secret = text(key, scope);
            if (secret.isEmpty()) {
                return request;
            }
            Scope signed = Scope.of(null)
                    .with("body", new String(request.body(), StandardCharsets.UTF_8))
                    .with("key", secret);
            return request.header(header, prefix + text(signature, signed));
        };
    }

    private static String text(Mapping mapping, Scope scope) {
        @Nullable Object value = mapping.apply(scope);
        return value == null ? "" : value.toString();
    }
}
