package io.segmentdo.api;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * What came back for a request.
 *
 * <p>Made by the platform. Immutable.
 */
public interface HttpResponse {
    /** The status, e.g. 200. */
    int status();

    /** The first value of a header, whatever its case. */
    Optional<String> header(String name);

    /** The bytes themselves, not a copy; bounded by the platform. */
    byte[] body();

    /** The body read as UTF-8. */
    default String text() {
        return new String(body(), StandardCharsets.UTF_8);
    }
}
