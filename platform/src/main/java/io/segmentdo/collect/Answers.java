package io.segmentdo.collect;

import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The answers, byte for byte as SDKs expect them: success is exactly 200 with a JSON object, an error has {@code code},
 * {@code message} and {@code error}, and a browser may read all of them. Safe for concurrent use.
 */
final class Answers {
    static final Buffer SUCCESS = Buffer.buffer("{\"success\":true}");

    private static final Buffer GIF =
            Buffer.buffer(Base64.getDecoder().decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"));
    private static final CharSequence JSON = HttpHeaders.createOptimized("application/json");
    private static final CharSequence IMAGE = HttpHeaders.createOptimized("image/gif");
    private static final CharSequence NO_STORE = HttpHeaders.createOptimized("no-store");
    private static final CharSequence ORIGIN = HttpHeaders.createOptimized("Origin");
    private static final CharSequence TRUE = HttpHeaders.createOptimized("true");
    private static final CharSequence EXPOSED = HttpHeaders.createOptimized("Retry-After, X-RateLimit-Reset");
    private static final CharSequence RATE_LIMIT_RESET = HttpHeaders.createOptimized("X-RateLimit-Reset");
    private static final CharSequence METHODS = HttpHeaders.createOptimized("GET, POST, OPTIONS");
    private static final CharSequence TWO_HOURS = HttpHeaders.createOptimized("7200");
    private static final DateTimeFormatter HTTP_DATE = DateTimeFormatter.ofPattern(
                    "EEE, dd MMM uuuu HH:mm:ss 'GMT'", Locale.ENGLISH)
            .withZone(ZoneOffset.UTC);

    /** The Date header of one second. */
    private record Second(long number, CharSequence header) {}

    private final InstantSource clock;
    private volatile Second current = new Second(Long.MIN_VALUE, "");

    Answers(InstantSource clock) {
        this.clock = clock;
    }

    void success(HttpServerRequest request, Buffer body) {
        HttpServerResponse response = open(request, 200);
        response.headers().set(HttpHeaders.CONTENT_TYPE, JSON);
        response.end(body);
    }

    void refuse(HttpServerRequest request, Refusal refusal) {
        refusing(request, refusal).end(refusal.body());
    }

    /** Answers a request whose body is not read to its end; the connection cannot be used for another one. */
    void refuseAndClose(HttpServerRequest request, Refusal refusal) {
        HttpServerResponse response = refusing(request, refusal);
        if (request.version() == HttpVersion.HTTP_2) {
            response.end(refusal.body()).onComplete(ignored -> response.reset(0));
        } else {
            response.headers().set(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
            response.end(refusal.body())
                    .onComplete(ignored -> request.connection().close());
        }
    }

    private HttpServerResponse refusing(HttpServerRequest request, Refusal refusal) {
        HttpServerResponse response = open(request, refusal.status());
        MultiMap headers = response.headers();
        headers.set(HttpHeaders.CONTENT_TYPE, JSON);
        if (refusal.retryAfterSeconds() > 0) {
            String seconds = Long.toString(refusal.retryAfterSeconds());
            headers.set(HttpHeaders.RETRY_AFTER, seconds);
            if (refusal.status() == 429) {
                headers.set(RATE_LIMIT_RESET, seconds);
            }
        }
        return response;
    }

    void methodNotAllowed(HttpServerRequest request, HttpMethod allowed) {
        HttpServerResponse response = open(request, 405);
        response.headers().set(HttpHeaders.CONTENT_TYPE, JSON).set(HttpHeaders.ALLOW, allowed + ", OPTIONS");
        response.end(Refusal.METHOD_NOT_ALLOWED.body());
    }

    void preflight(HttpServerRequest request) {
        HttpServerResponse response = open(request, 204);
        MultiMap headers = response.headers();
        headers.set(HttpHeaders.ACCESS_CONTROL_ALLOW_METHODS, METHODS)
                .set(HttpHeaders.ACCESS_CONTROL_MAX_AGE, TWO_HOURS);
        String requested = request.getHeader(HttpHeaders.ACCESS_CONTROL_REQUEST_HEADERS);
        if (requested != null) {
            headers.set(HttpHeaders.ACCESS_CONTROL_ALLOW_HEADERS, requested);
        }
        response.end();
    }

    void pixel(HttpServerRequest request) {
        HttpServerResponse response = open(request, 200);
        response.headers().set(HttpHeaders.CONTENT_TYPE, IMAGE).set(HttpHeaders.CACHE_CONTROL, NO_STORE);
        response.end(GIF);
    }

    void settings(HttpServerRequest request, Buffer body, long maxAgeSeconds) {
        HttpServerResponse response = open(request, 200);
        MultiMap headers = response.headers();
        headers.set(HttpHeaders.CONTENT_TYPE, JSON).set(HttpHeaders.CACHE_CONTROL, "public, max-age=" + maxAgeSeconds);
        // Caches must not give the answer to one site to another one, even when the first asked without an Origin.
        headers.set(HttpHeaders.VARY, ORIGIN);
        response.end(body);
    }

    private HttpServerResponse open(HttpServerRequest request, int status) {
        HttpServerResponse response = request.response();
        response.setStatusCode(status);
        MultiMap headers = response.headers();
        headers.set(HttpHeaders.DATE, date());
        String origin = request.getHeader(HttpHeaders.ORIGIN);
        if (origin != null) {
            headers.set(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN, origin)
                    .set(HttpHeaders.VARY, ORIGIN)
                    .set(HttpHeaders.ACCESS_CONTROL_ALLOW_CREDENTIALS, TRUE)
                    .set(HttpHeaders.ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
        }
        return response;
    }

    private CharSequence date() {
        long second = Math.floorDiv(clock.millis(), 1_000);
        Second known = current;
        if (known.number != second) {
            known = new Second(second, HttpHeaders.createOptimized(HTTP_DATE.format(Instant.ofEpochSecond(second))));
            current = known;
        }
        return known.header;
    }

    /** Whether anyone still waits for an answer. */
    static boolean isAwaited(HttpServerRequest request) {
        @Nullable HttpServerResponse response = request.response();
        return response != null && !response.ended() && !response.closed();
    }
}
