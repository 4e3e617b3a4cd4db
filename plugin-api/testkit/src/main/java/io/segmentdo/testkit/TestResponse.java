package io.segmentdo.testkit;

import io.segmentdo.api.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A response made by a test. Immutable; each method that sets something makes another one. */
public final class TestResponse implements HttpResponse {
    private final int status;
    private final Map<String, String> headers;
    private final byte[] body;

    private TestResponse(int status, Map<String, String> headers, byte[] body) {
        this.status = status;
        this.headers = headers;
        this.body = body;
    }

    /** A response without headers and body. */
    public static TestResponse of(int status) {
        return new TestResponse(status, Map.of(), new byte[0]);
    }

    /** With this header. */
    public TestResponse header(String name, String value) {
        Map<String, String> next = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        next.putAll(headers);
        next.put(name, value);
        return new TestResponse(status, next, body);
    }

    /** With this body. */
    public TestResponse body(byte[] bytes) {
        return new TestResponse(status, headers, bytes);
    }

    /** With this body, as UTF-8. */
    public TestResponse body(String text) {
        return body(text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public int status() {
        return status;
    }

    @Override
    public Optional<String> header(String name) {
        return Optional.ofNullable(headers.isEmpty() ? null : headers.get(name));
    }

    @Override
    public byte[] body() {
        return body;
    }
}
