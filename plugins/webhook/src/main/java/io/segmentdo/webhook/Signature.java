package io.segmentdo.webhook;

import java.util.Arrays;
import java.util.Locale;

/** How a request is signed. Immutable. */
enum Signature {
    /** HMAC-SHA256 of the whole body. */
    SHA256("HmacSHA256"),
    /** HMAC-SHA256 of the time of sending, a dot and the whole body. */
    SHA256_TIMESTAMP("HmacSHA256"),
    /** HMAC-SHA1 of the body, or of the first event of a batch: what receivers written for Segment expect. */
    SEGMENT_V1("HmacSHA1");

    private final String algorithm;

    Signature(String algorithm) {
        this.algorithm = algorithm;
    }

    String algorithm() {
        return algorithm;
    }

    /** As it stands in settings, e.g. {@code segment-v1}. */
    String wireName() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static Signature named(String wireName) {
        return Arrays.stream(values())
                .filter(s -> s.wireName().equals(wireName))
                .findFirst()
                .orElseThrow();
    }

    static String[] names() {
        return Arrays.stream(values()).map(Signature::wireName).toArray(String[]::new);
    }
}
