package io.segmentdo.control;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.segmentdo.problem.PlatformException;
import io.segmentdo.problem.Problem;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Lets a request pass that shows the owner token: {@code Authorization: Bearer <token>}, or Basic with the token as password
 * or, without one, as user.
 *
 * <p>An address that keeps guessing has to wait. Safe for concurrent use.
 */
public final class ApiGuard implements Handler<RoutingContext> {
    private static final Duration WINDOW = Duration.ofMinutes(1);
    private static final int ADDRESSES_MAX = 10_000;

    private record Guesses(Instant since, int count) {}

    private final OwnerToken token;
    private final ControlConfig config;
    private final InstantSource clock;
    // guarded by itself
    private final Map<String, Guesses> guesses = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Guesses> eldest) {
            return size() > ADDRESSES_MAX;
        }
    };

    public ApiGuard(OwnerToken token, ControlConfig config, InstantSource clock) {
        this.token = token;
        this.config = config;
        this.clock = clock;
    }

    @Override
    public void handle(RoutingContext context) {
        String address = address(context);
        if (hasGuessedTooOften(address)) {
            context.response().putHeader(HttpHeaders.RETRY_AFTER, Long.toString(WINDOW.toSeconds()));
            context.fail(new PlatformException(Problem.OVERLOADED, "Too many wrong tokens; try again in a minute"));
            return;
        }
        Optional<String> given = shown(context.request().getHeader(HttpHeaders.AUTHORIZATION));
        if (given.filter(token::matches).isPresent()) {
            context.next();
            return;
        }
        if (given.isPresent()) {
            countGuess(address);
        }
        context.response().putHeader("WWW-Authenticate", "Bearer realm=\"segment.do\"");
        context.fail(new PlatformException(
                Problem.UNAUTHORIZED,
                given.isPresent()
                        ? "Wrong owner token"
                        : "The owner token is missing (expected: the header Authorization: Bearer <owner token>)"));
    }

    private static Optional<String> shown(@Nullable String authorization) {
        if (authorization == null) {
            return Optional.empty();
        }
        if (authorization.regionMatches(true, 0, "Bearer ", 0, 7)) {
            return Optional.of(authorization.substring(7).trim());
        }
        if (!authorization.regionMatches(true, 0, "Basic ", 0, 6)) {
            return Optional.of(authorization);
        }
        try {
            String pair = new String(
                    Base64.getDecoder().decode(authorization.substring(6).trim()), UTF_8);
            String password = pair.substring(pair.indexOf(':') + 1);
            return Optional.of(
                    password.isEmpty() && pair.endsWith(":") ? pair.substring(0, pair.length() - 1) : password);
        } catch (IllegalArgumentException e) {
            return Optional.of(authorization);
        }
    }

    private boolean hasGuessedTooOften(String address) {
        synchronized (guesses) {
            Guesses known = guesses.get(address);
            return known != null
                    && known.count() >= config.guessesPerMinute()
                    && clock.instant().isBefore(known.since().plus(WINDOW));
        }
    }

    private void countGuess(String address) {
        Instant now = clock.instant();
        synchronized (guesses) {
            guesses.merge(
                    address,
                    new Guesses(now, 1),
                    (known, first) -> now.isBefore(known.since().plus(WINDOW))
                            ? new Guesses(known.since(), known.count() + 1)
                            : first);
        }
    }

    private static String address(RoutingContext context) {
        var peer = context.request().remoteAddress();
        return peer == null || peer.hostAddress() == null ? "" : peer.hostAddress();
    }
}
