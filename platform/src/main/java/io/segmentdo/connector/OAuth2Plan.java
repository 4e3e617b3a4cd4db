package io.segmentdo.connector;

import io.segmentdo.api.DestinationContext;
import io.segmentdo.api.HttpRequest;
import io.segmentdo.mapping.Mapping;
import io.segmentdo.mapping.Scope;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * OAuth 2 with a refresh token, which the vendor may replace, or with client credentials.
 *
 * <p>Immutable.
 *
 * @param grant refresh_token or client_credentials
 * @param tokenUrl where tokens are had
 * @param clientId the client
 * @param clientSecret its secret
 * @param credentialsIn where the client is named: in the body, in the Authorization header, or in both
 * @param refreshToken the refresh token to begin with
 * @param accessToken an access token to begin with
 * @param scopes what is asked for
 * @param params further members of the body
 * @param headers further headers
 * @param query further query parameters
 * @param token where the answer has the token
 * @param prefix goes before it
 * @param skew how long before its end a token is not used any more
 */
record OAuth2Plan(
        String grant,
        UrlTemplate tokenUrl,
        Mapping clientId,
        Mapping clientSecret,
        String credentialsIn,
        Mapping refreshToken,
        Mapping accessToken,
        Mapping scopes,
        Mapping params,
        Mapping headers,
        Mapping query,
        Mapping token,
        Mapping prefix,
        Duration skew)
        implements Authentication {
    private static final Mapping NEXT_REFRESH_TOKEN = Mapping.compile(Map.of("@path", "refresh_token"));

    static OAuth2Plan read(YamlObject auth, Set<String> names) {
        auth.allow(
                "grant",
                "tokenUrl",
                "clientId",
                "clientSecret",
                "credentialsIn",
                "refreshToken",
                "accessToken",
                "scopes",
                "params",
                "headers",
                "query",
                "token",
                "prefix",
                "expirySkew");
        String grant = auth.choice("grant", "refresh_token", "client_credentials");
        for (String key : new String[] {"clientId", "clientSecret"}) {
            if (!auth.has(key)) {
                auth.problem(key, "a mapping, e.g. {\"@settings\": " + key + "}");
            }
        }
        if (grant.equals("refresh_token") && !auth.has("refreshToken")) {
            auth.problem("refreshToken", "a mapping, e.g. {\"@settings\": refreshToken}");
        }
        return new OAuth2Plan(
                grant,
                UrlTemplate.read(auth, "tokenUrl", names, Set.of()),
                auth.mapping("clientId", names),
                auth.mapping("clientSecret", names),
                auth.choice("credentialsIn", "body", "header", "both"),
                auth.mapping("refreshToken", names),
                auth.mapping("accessToken", names),
                auth.mapping("scopes", names),
                auth.mapping("params", names),
                auth.mapping("headers", names),
                auth.mapping("query", names),
                auth.has("token") ? auth.path("token", Set.of()) : Mapping.compile(Map.of("@path", "access_token")),
                auth.has("prefix") ? auth.mapping("prefix", names) : Mapping.compile((Object) "Bearer", Set.of()),
                auth.duration("expirySkew", Duration.ofMinutes(1)));
    }

    @Override
    public Credentials open(Scope configured, DestinationContext context) {
        String before = text(prefix, configured).orElse("Bearer");
        var credentials = new TokenCredentials(
                () -> fetch(configured, context),
                origin(configured),
                skew,
                (request, value) -> request.header("Authorization", before + " " + value),
                context);
        text(accessToken, configured).ifPresent(credentials::beginWith);
        return credentials;
    }

    /** A refresh token that the vendor has replaced is lost when it is forgotten: only another one to begin with does that. */
    private Object origin(Scope configured) {
        return grant.equals("refresh_token")
                ? List.of(tokenUrl.fill(configured), text(clientId, configured), text(refreshToken, configured))
                : TokenCredentials.settings(configured);
    }

    private TokenSource.Token fetch(Scope scope, DestinationContext context)
            throws IOException, UnauthorizedException, InterruptedException {
        return TokenRequests.fetch(request(scope, context), token, context, answer -> {
            if (NEXT_REFRESH_TOKEN.apply(Scope.of(answer)) instanceof String next) {
                context.state().put(TokenCredentials.REFRESH_TOKEN, next);
            }
        });
    }

    private HttpRequest request(Scope scope, DestinationContext context) throws UnauthorizedException {
        Map<String, @Nullable Object> form = new LinkedHashMap<>();
        form.put("grant_type", grant);
        if (grant.equals("refresh_token")) {
            Optional<String> kept =
                    context.state().find(TokenCredentials.REFRESH_TOKEN).or(() -> text(refreshToken, scope));
            form.put("refresh_token", kept.orElseThrow(() -> new UnauthorizedException("there is no refresh token")));
        }
        String id = text(clientId, scope).orElseThrow(() -> new UnauthorizedException("there is no client id"));
        String secret = text(clientSecret, scope).orElse("");
        String address = tokenUrl.fill(scope);
        String parameters = BodyKind.form(query.apply(scope));
        String separator = parameters.isEmpty() ? "" : address.indexOf('?') < 0 ? "?" : "&";
        HttpRequest request = HttpRequest.of("POST", URI.create(address + separator + parameters))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .header("Accept", "application/json");
        if (!credentialsIn.equals("body")) {
            byte[] pair = (id + ":" + secret).getBytes(StandardCharsets.UTF_8);
            request = request.header(
                    "Authorization", "Basic " + Base64.getEncoder().encodeToString(pair));
        }
        if (!credentialsIn.equals("header")) {
            form.put("client_id", id);
            form.put("client_secret", secret);
        }
        text(scopes, scope).ifPresent(asked -> form.put("scope", asked));
        if (params.apply(scope) instanceof Map<?, ?> more) {
            more.forEach((name, value) -> form.put(String.valueOf(name), value));
        }
        if (headers.apply(scope) instanceof Map<?, ?> more) {
            for (Map.Entry<?, ?> header : more.entrySet()) {
                request = request.header(String.valueOf(header.getKey()), BodyKind.text(header.getValue()));
            }
        }
        return request.body(BodyKind.form(form).getBytes(StandardCharsets.UTF_8));
    }

    private static Optional<String> text(Mapping mapping, Scope scope) {
        return mapping.apply(scope) instanceof String text && !text.isEmpty() ? Optional.of(text) : Optional.empty();
    }
}
