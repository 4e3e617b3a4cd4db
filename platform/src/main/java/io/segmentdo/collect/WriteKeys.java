package io.segmentdo.collect;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** The places where a request names its write key. Pure. */
final class WriteKeys {
    private static final String BASIC = "Basic ";
    private static final int CHARS_MAX = 128;

    private WriteKeys() {}

    /** The write key of a request: that of the Authorization header, else of the body, else of the query; null without one. */
    static @Nullable String of(HttpServerRequest request, @Nullable String inBody) {
        String basic = basic(request.getHeader(HttpHeaders.AUTHORIZATION));
        if (basic != null && !basic.isEmpty()) {
            return basic;
        }
        if (inBody != null && !inBody.isEmpty()) {
            return inBody;
        }
        return Query.value(request, "writeKey");
    }

    /** The user of a Basic header, with or without the colon behind it; null when it is none. */
    static @Nullable String basic(@Nullable String header) {
        if (header == null || !header.regionMatches(true, 0, BASIC, 0, BASIC.length())) {
            return null;
        }
        try {
            byte[] decoded =
                    Base64.getDecoder().decode(header.substring(BASIC.length()).trim());
            String pair = new String(decoded, StandardCharsets.UTF_8);
            int colon = pair.indexOf(':');
            return colon < 0 ? pair : pair.substring(0, colon);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** Whether a write key could be one: letters, digits and {@code - _ . ~ @ + =}, at most 128. */
    static boolean isWellFormed(@Nullable String key) {
        if (key == null || key.isEmpty() || key.length() > CHARS_MAX) {
            return false;
        }
        for (int i = 0; i < key.length(); i++) {
            char c = key.charAt(i);
            boolean isLetterOrDigit = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
            if (!isLetterOrDigit && "-_.~@+=".indexOf(c) < 0) {
                return false;
            }
        }
        return true;
    }
}
