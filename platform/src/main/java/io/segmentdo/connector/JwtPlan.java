package io.segmentdo.connector;

import io.segmentdo.api.DestinationContext;
import io.segmentdo.api.HttpRequest;
import io.segmentdo.mapping.Mapping;
import io.segmentdo.mapping.Scope;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A JSON Web Token that is signed here, and either sent as it is or exchanged for a token.
 *
 * <p>Immutable.
 *
 * @param algorithm RS256 or HS256
 * @param key a private key as PEM, or a shared secret
 * @param header further members of the header
 * @param claims besides iat and exp
 * @param tokenUrl where it is exchanged
 * @param ttl how long it holds
 * @param headers sent along with each request
 */
record JwtPlan(
        String algorithm,
        Mapping key,
        Mapping header,
        Mapping claims,
        Optional<UrlTemplate> tokenUrl,
        Duration ttl,
        Mapping headers)
        implements Authentication {
    private static final String GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer";
    private static final Mapping ACCESS_TOKEN = Mapping.compile(Map.of("@path", "access_token"));
    private static final Duration SKEW = Duration.ofMinutes(1);

    static JwtPlan read(YamlObject auth, Set<String> names) {
        auth.allow("algorithm", "key", "header", "claims", "tokenUrl", "ttl", "headers");
        if (!auth.has("key")) {
            auth.problem("key", "a mapping that gives the key, e.g. {\"@settings\": privateKey}");
        }
        Set<String> inClaims = new HashSet<>(names);
        inClaims.add("fingerprint");
        return new JwtPlan(
                auth.choice("algorithm", "RS256", "HS256"),
                auth.mapping("key", names),
                auth.mapping("header", inClaims),
                auth.mapping("claims", inClaims),
                auth.has("tokenUrl")
                        ? Optional.of(UrlTemplate.read(auth, "tokenUrl", names, Set.of()))
                        : Optional.empty(),
                auth.duration("ttl", Duration.ofHours(1)),
                auth.mapping("headers", names));
    }

    @Override
    public Credentials open(Scope configured, DestinationContext context) {
        return new TokenCredentials(
                () -> fetch(configured, context),
                TokenCredentials.settings(configured),
                SKEW,
                (request, token) -> used(request, token, configured),
                context);
    }

    private HttpRequest used(HttpRequest request, String token, Scope scope) {
        HttpRequest next = request.header("Authorization", "Bearer " + token);
        if (headers.apply(scope) instanceof Map<?, ?> more) {
            for (Map.Entry<?, ?> member : more.entrySet()) {
                next = next.header(String.valueOf(member.getKey()), String.valueOf(member.getValue()));
            }
        }
        return next;
    }

    private TokenSource.Token fetch(Scope scope, DestinationContext context)
            throws IOException, UnauthorizedException, InterruptedException {
        String assertion = sign(scope, context);
        if (tokenUrl.isEmpty()) {
            return new TokenSource.Token(assertion, Optional.of(ttl));
        }
        Map<String, @Nullable Object> form = new LinkedHashMap<>();
        form.put("grant_type", GRANT);
        form.put("assertion", assertion);
        HttpRequest request = HttpRequest.of("POST", URI.create(tokenUrl.get().fill(scope)))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .body(BodyKind.form(form).getBytes(StandardCharsets.UTF_8));
        return TokenRequests.fetch(request, ACCESS_TOKEN, context, answer -> {});
    }

    private String sign(Scope scope, DestinationContext context) throws UnauthorizedException {
        if (!(key.apply(scope) instanceof String secret)) {
            throw new UnauthorizedException("there is no key to sign with");
        }
        JwtSigner signer = JwtSigner.of(algorithm, secret);
        Scope withKey = scope.with("fingerprint", signer.fingerprint())
                .with("now", context.clock().instant());
        Map<String, @Nullable Object> head = new LinkedHashMap<>();
        head.put("alg", algorithm);
        head.put("typ", "JWT");
        add(head, header.apply(withKey));
        long now = context.clock().instant().getEpochSecond();
        Map<String, @Nullable Object> payload = new LinkedHashMap<>();
        payload.put("iat", now);
        payload.put("exp", now + ttl.toSeconds());
        add(payload, claims.apply(withKey));
        return signer.sign(context.json().write(head), context.json().write(payload));
    }

    private static void add(Map<String, @Nullable Object> members, @Nullable Object more) {
        if (more instanceof Map<?, ?> map) {
            map.forEach((name, value) -> members.put(String.valueOf(name), value));
        }
    }
}
