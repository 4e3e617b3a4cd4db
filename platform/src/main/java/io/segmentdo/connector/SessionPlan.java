package io.segmentdo.connector;

import io.segmentdo.api.DestinationContext;
import io.segmentdo.mapping.Mapping;
import io.segmentdo.mapping.Scope;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * A token that a request of the connector's own gives, e.g. a login.
 *
 * <p>Immutable.
 *
 * @param request asks for it
 * @param token where the answer has it
 * @param ttl how long it holds, where the answer does not say so
 * @param header carries it
 * @param prefix goes before it
 */
record SessionPlan(RequestPlan request, Mapping token, Duration ttl, String header, String prefix)
        implements Authentication {
    private static final Duration SKEW = Duration.ofSeconds(30);

    static SessionPlan read(YamlObject auth, Set<String> names) {
        auth.allow("request", "token", "ttl", "header", "prefix");
        if (!auth.has("token")) {
            auth.problem("token", "the path of the token in the answer");
        }
        return new SessionPlan(
                RequestPlan.read(auth, names, Set.of()),
                auth.path("token", Set.of()),
                auth.duration("ttl", Duration.ofHours(1)),
                auth.text("header", "Authorization"),
                auth.has("header") ? auth.text("prefix", "") : auth.text("prefix", "Bearer "));
    }

    @Override
    public Credentials open(Scope configured, DestinationContext context) {
        return new TokenCredentials(
                () -> {
                    TokenSource.Token fetched =
                            TokenRequests.fetch(request.make(configured, context.json()), token, context, answer -> {});
                    return new TokenSource.Token(
                            fetched.value(), Optional.of(fetched.lifetime().orElse(ttl)));
                },
                TokenCredentials.settings(configured),
                SKEW,
                (sent, value) -> sent.header(header, prefix + value),
                context);
    }
}
