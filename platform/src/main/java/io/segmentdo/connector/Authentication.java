package io.segmentdo.connector;

import io.segmentdo.api.DestinationContext;
import io.segmentdo.api.HttpRequest;
import io.segmentdo.mapping.Mapping;
import io.segmentdo.mapping.Scope;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** How a connector's requests are authenticated. Immutable. */
@FunctionalInterface
interface Authentication {
    /** The kinds in connector files. */
    List<String> KINDS =
            List.of("basic", "bearer", "apiKey", "hmac", "oauth2", "jwtBearer", "sigv4", "session", "oneOf");

    /** No credentials. */
    Authentication NONE = (configured, context) -> Credentials.NONE;

    /** The credentials of one configured destination; the scope holds settings and variables. */
    Credentials open(Scope configured, DestinationContext context);

    /** Reads {@code auth}: none, or one of the kinds. */
    static Authentication read(YamlObject connector, Set<String> names) {
        connector.schema().member("auth").takes("none");
        if (!connector.has("auth") || "none".equals(connector.raw("auth"))) {
            return NONE;
        }
        YamlObject auth = connector.object("auth").allow(KINDS.toArray(String[]::new));
        if (auth.keys().size() != 1) {
            connector.problem("auth", "none, or one of " + String.join(", ", KINDS));
            return NONE;
        }
        String kind = auth.keys().iterator().next();
        return switch (kind) {
            case "basic" -> basic(auth.object(kind).allow("user", "password"), names);
            case "bearer" -> bearer(auth.mapping(kind, names));
            case "apiKey" -> apiKey(auth.object(kind).allow("in", "name", "value"), names);
            case "hmac" -> hmac(auth.object(kind), names);
            case "oauth2" -> OAuth2Plan.read(auth.object(kind), names);
            case "jwtBearer" -> JwtPlan.read(auth.object(kind), names);
            case "sigv4" -> SigV4Plan.read(auth.object(kind), names);
            case "session" -> SessionPlan.read(auth.object(kind), names);
            case "oneOf" -> oneOf(auth.object(kind).allow("on", "cases"), names);
            default -> NONE;
        };
    }

    /** {@code {on, cases: {text: auth}}}: the kind that a setting chooses. */
    private static Authentication oneOf(YamlObject choice, Set<String> names) {
        Mapping on = choice.mapping("on", names);
        Map<String, Authentication> cases = new LinkedHashMap<>();
        YamlObject declared = choice.object("cases");
        for (String name : declared.names()) {
            declared.takes(name, SchemaNode.Kind.PLAIN);
            cases.put(name, read(declared.renamed(name, "auth"), names));
        }
        return (scope, context) -> cases.getOrDefault(text(on, scope), NONE).open(scope, context);
    }

    private static Authentication basic(YamlObject auth, Set<String> names) {
        Mapping user = auth.mapping("user", names);
        Mapping password = auth.mapping("password", names);
        return (scope, context) -> {
            byte[] pair = (text(user, scope) + ":" + text(password, scope)).getBytes(StandardCharsets.UTF_8);
            String value = "Basic " + Base64.getEncoder().encodeToString(pair);
            return request -> request.header("Authorization", value);
        };
    }

    private static Authentication bearer(Mapping token) {
        return (scope, context) -> {
            String value = "Bearer " + text(token, scope);
            return request -> request.header("Authorization", value);
        };
    }

    private static Authentication apiKey(YamlObject auth, Set<String> names) {
        if (!(auth.raw("name") instanceof Map<?, ?>)) {
            auth.text("name");
        }
        Mapping named = auth.mapping("name", names);
        Mapping value = auth.mapping("value", names);
        String place = auth.choice("in", "header", "query", "body");
        return (scope, context) -> {
            String name = text(named, scope);
            String key = text(value, scope);
            return switch (place) {
                case "header" -> request -> request.header(name, key);
                case "query" -> request -> inQuery(request, name, key);
                default -> request -> inBody(request, name, key, context);
            };
        };
    }

    private static HttpRequest inQuery(HttpRequest request, String name, String key) {
        String url = request.uri().toString();
        String pair = UrlTemplate.encode(name) + "=" + UrlTemplate.encode(key);
        URI uri = URI.create(url + (url.indexOf('?') < 0 ? "?" : "&") + pair);
        return request.to(uri);
    }

    /** The key as a member of a JSON object, or of a form. */
    private static HttpRequest inBody(HttpRequest request, String name, String key, DestinationContext context) {
        if (request.headers().getOrDefault("Content-Type", "").contains("form")) {
            String form = new String(request.body(), StandardCharsets.UTF_8);
            String pair = UrlTemplate.encode(name) + "=" + UrlTemplate.encode(key);
            return request.body((form.isEmpty() ? pair : form + "&" + pair).getBytes(StandardCharsets.UTF_8));
        }
        if (!(context.json().read(request.body()) instanceof Map<?, ?> body)) {
            throw new IllegalArgumentException("the body is no object that could hold a key");
        }
        Map<Object, @Nullable Object> members = new LinkedHashMap<>(body);
        members.put(name, key);
        return request.body(context.json().write(members));
    }

    /** Signs the body or another text; without a key, which then is not required, it stays unsigned. */
    private static Authentication hmac(YamlObject auth, Set<String> names) {
        auth.allow("key", "header", "algorithm", "encoding", "prefix", "over");
        String header = auth.text("header");
        String prefix = auth.text("prefix", "");
        Mapping key = auth.mapping("key", names);
        Set<String> signable = Set.of("body", "method", "url", "path", "now", "settings", "vars");
        Mapping over = auth.has("over")
                ? auth.mapping("over", signable)
                : Mapping.compile(Map.of("@body", true), Set.of("body"));
        Mapping signature = Mapping.compile(
                Map.of(
                        "@hmac",
                        Map.of(
                                "value", Map.of("@text", true),
                                "key", Map.of("@key", true),
                                "algorithm", auth.choice("algorithm", "sha256", "sha1", "sha512"),
                                "encoding", auth.choice("encoding", "hex", "base64"))),
                Set.of("text", "key"));
        return (scope, context) -> {
            String secret = text(key, scope);
            return request -> {
                if (secret.isEmpty()) {
                    return request;
                }
                Scope sent = scope.with("body", new String(request.body(), StandardCharsets.UTF_8))
                        .with("method", request.method())
                        .with("url", request.uri().toString())
                        .with("path", request.uri().getRawPath())
                        .with("now", context.clock().instant());
                Scope signed = Scope.of(null).with("text", text(over, sent)).with("key", secret);
                return request.header(header, prefix + text(signature, signed));
            };
        };
    }

    private static String text(Mapping mapping, Scope scope) {
        @Nullable Object value = mapping.apply(scope);
        return value == null ? "" : value.toString();
    }
}
