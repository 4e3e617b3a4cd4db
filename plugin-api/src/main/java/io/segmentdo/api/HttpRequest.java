package io.segmentdo.api;

import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * A request for the platform to send.
 *
 * <p>The body is shared, not copied. Immutable; {@link #header}, {@link #body} and their like make
 * another one.
 */
public final class HttpRequest {
    private static final byte[] NO_BODY = {};

    private final String method;
    private final URI uri;
    private final Map<String, String> headers;
    private final byte[] body;
    private final Optional<Duration> timeout;

    private HttpRequest(String method, URI uri, Map<String, String> headers, byte[] body, Optional<Duration> timeout) {
        this.method = method;
        this.uri = uri;
        this.headers = headers;
        this.body = body;
        this.timeout = timeout;
    }

    /** A request without headers and body. */
    public static HttpRequest of(String method, URI uri) {
        return new HttpRequest(
                Objects.requireNonNull(method), Objects.requireNonNull(uri), Map.of(), NO_BODY, Optional.empty());
    }

    /** A POST with a JSON body. */
    public static HttpRequest postJson(URI uri, byte[] json) {
        return of("POST", uri).header("Content-Type", "application/json").body(json);
    }

    /** With this header, in place of one of the same spelling. */
    public HttpRequest header(String name, String value) {
        Map<String, String> next = new LinkedHashMap<>(headers);
        next.put(name, value);
        return new HttpRequest(method, uri, next, body, timeout);
    }

    /** With all of these headers. The map is shared: it is not changed afterwards. */
    public HttpRequest headers(Map<String, String> values) {
        if (headers.isEmpty()) {
            return new HttpRequest(method, uri, values, body, timeout);
        }
        Map<String, String> next = new LinkedHashMap<>(headers);
        next.putAll(values);
        return new HttpRequest(method, uri, next, body, timeout);
    }

    /** With this body. */
    public HttpRequest body(byte[] bytes) {
        return new HttpRequest(method, uri, headers, bytes, timeout);
    }

    /** To another address. */
    public HttpRequest to(URI next) {
        return new HttpRequest(method, Objects.requireNonNull(next), headers, body, timeout);
    }

    /**
     * With a limit to how long it may take until its response is complete; no more than the platform allows anyway.
     *
     * @throws IllegalArgumentException if that is no time at all
     */
    public HttpRequest within(Duration limit) {
        if (!limit.isPositive()) {
            throw new IllegalArgumentException("timeout: " + limit + " (expected: > 0)");
        }
        return new HttpRequest(method, uri, headers, body, Optional.of(limit));
    }

    public String method() {
        return method;
    }

    public URI uri() {
        return uri;
    }

    /** In the order in which they were set; not to be changed. */
    public Map<String, String> headers() {
        return headers;
    }

    /** The bytes themselves, not a copy. */
    public byte[] body() {
        return body;
    }

    /** How long it may take at most, where that is less than the platform allows. */
    public Optional<Duration> timeout() {
        return timeout;
    }

    /** Method and host only: the rest of a URL may hold secrets. */
    @Override
    public String toString() {
        return method + " " + uri.getScheme() + "://" + uri.getHost();
    }
}
