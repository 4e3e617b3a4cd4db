package io.segmentdo.connector;

import io.segmentdo.api.DestinationContext;
import io.segmentdo.api.HttpRequest;
import io.segmentdo.api.HttpResponse;
import io.segmentdo.mapping.Mapping;
import io.segmentdo.mapping.Scope;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Sends requests that give tokens and reads their answers. Confined to the thread of its connector. */
final class TokenRequests {
    /** So that a vendor who says nothing sensible does not make us ask in a loop. */
    private static final long SECONDS_MIN = 30;

    private static final Mapping EXPIRES_IN = Mapping.compile(Map.of("@path", "expires_in"));

    private TokenRequests() {}

    /**
     * Sends a request for a token.
     *
     * @param path of the token in the answer
     * @param answer is handed the parsed answer
     */
    static TokenSource.Token fetch(
            HttpRequest request, Mapping path, DestinationContext context, Consumer<@Nullable Object> answer)
            throws IOException, UnauthorizedException, InterruptedException {
        HttpResponse response = context.http().send(request);
        check(response);
        Object body = ResponseRules.body(response, context.json());
        if (!(path.apply(Scope.of(body)) instanceof String token) || token.isEmpty()) {
            throw new UnauthorizedException(
                    "HTTP " + response.status() + " for a token, but there is none in the answer");
        }
        answer.accept(body);
        return new TokenSource.Token(token, lifetime(EXPIRES_IN.apply(Scope.of(body))));
    }

    /** Throws what an answer means that is no success. */
    static void check(HttpResponse response) throws IOException, UnauthorizedException {
        int status = response.status();
        if (status == 408 || status == 429 || status >= 500) {
            throw new IOException("HTTP " + status + " for a token");
        }
        if (status < 200 || status >= 300) {
            throw new UnauthorizedException("HTTP " + status + " for a token, the credentials were not accepted");
        }
    }

    private static Optional<Duration> lifetime(@Nullable Object seconds) {
        try {
            return seconds == null
                    ? Optional.empty()
                    : Optional.of(
                            Duration.ofSeconds(Math.max(SECONDS_MIN, (long) Double.parseDouble(seconds.toString()))));
        } catch (NumberFormatException notANumber) {
            return Optional.empty();
        }
    }
}
