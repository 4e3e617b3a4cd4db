package io.segmentdo.connector;

import io.segmentdo.api.ConnectorState;
import io.segmentdo.api.DestinationContext;
import io.segmentdo.api.HttpRequest;
import io.segmentdo.mapping.Mapping;
import io.segmentdo.mapping.Scope;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Credentials that are a token with an end: kept until shortly before it, or until it is refused, then replaced by
 * another one, once. Confined to the thread of its connector.
 */
final class TokenCredentials implements Credentials {
    private static final String TOKEN = "access-token";
    private static final String EXPIRES = "access-token-expires";
    private static final String ORIGIN = "tokens-of";

    /** Goes to the file of tokens, too, so it is not to say anything. */
    private static final Mapping FINGERPRINT = Mapping.compile(Map.of("@hash", Map.of("value", Map.of("@path", "."))));

    /** Replaces the configured refresh token where the vendor gives another one. */
    static final String REFRESH_TOKEN = "refresh-token";

    private final TokenSource source;
    private final String origin;
    private final Duration skew;
    private final BiFunction<HttpRequest, String, HttpRequest> use;
    private final DestinationContext context;
    private @Nullable String token;
    private Instant expires = Instant.MAX;

    /** Whether the token was fetched here and nobody has accepted it yet. */
    private boolean untried;

    /**
     * Begins with the token that was kept, if one was and if it is of the same origin.
     *
     * @param origin of what the tokens are made: those that were made of anything else are forgotten
     * @param skew how long before its end a token is not used any more
     * @param use puts a token into a request
     */
    TokenCredentials(
            TokenSource source,
            Object origin,
            Duration skew,
            BiFunction<HttpRequest, String, HttpRequest> use,
            DestinationContext context) {
        this.source = source;
        this.origin = String.valueOf(FINGERPRINT.apply(Scope.of(origin.toString())));
        this.skew = skew;
        this.use = use;
        this.context = context;
        ConnectorState state = context.state();
        if (state.find(ORIGIN).filter(before -> !before.equals(this.origin)).isPresent()) {
            List.of(TOKEN, EXPIRES, REFRESH_TOKEN, ORIGIN).forEach(name -> state.put(name, null));
        }
        token = state.find(TOKEN).orElse(null);
        state.find(EXPIRES).ifPresent(millis -> expires = Instant.ofEpochMilli(Long.parseLong(millis)));
    }

    /** The origin of tokens that may be fetched again at any time: all settings. */
    static String settings(Scope configured) {
        return String.valueOf(configured.bindings().get("settings"));
    }

    /** Begins with a given token where none was kept. */
    void beginWith(String given) {
        token = token == null ? given : token;
    }

    @Override
    public HttpRequest sign(HttpRequest request) throws IOException, UnauthorizedException, InterruptedException {
        String current = token;
        if (current == null || !context.clock().instant().isBefore(expires)) {
            current = fetch();
        }
        return use.apply(request, current);
    }

    private String fetch() throws IOException, UnauthorizedException, InterruptedException {
        TokenSource.Token fetched = source.fetch();
        token = fetched.value();
        expires = fetched.lifetime()
                .map(lifetime -> context.clock().instant().plus(lifetime).minus(skew))
                .orElse(Instant.MAX);
        untried = true;
        context.state().put(ORIGIN, origin);
        context.state().put(TOKEN, fetched.value());
        context.state().put(EXPIRES, expires.equals(Instant.MAX) ? null : Long.toString(expires.toEpochMilli()));
        return fetched.value();
    }

    @Override
    public void accepted() {
        untried = false;
    }

    @Override
    public boolean refused() {
        if (untried) {
            return false;
        }
        token = null;
        context.state().put(TOKEN, null);
        return true;
    }

    @Override
    public boolean renew() throws IOException, UnauthorizedException, InterruptedException {
        fetch();
        return true;
    }
}
