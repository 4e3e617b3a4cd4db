package io.segmentdo.webhook;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Signs bodies with a shared secret. Confined to the connector's thread. */
final class Signer {
    private final Signature signature;
    private final Mac mac;
    private final InstantSource clock;

    Signer(Signature signature, String secret, InstantSource clock) {
        this.signature = signature;
        this.clock = clock;
        try {
            mac = Mac.getInstance(signature.algorithm());
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), signature.algorithm()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e); // every JDK has these algorithms
        }
    }

    /**
     * The headers that prove a body.
     *
     * @param body what is sent
     * @param first the first event in it
     */
    Map<String, String> sign(byte[] body, byte[] first) {
        Map<String, String> headers = new LinkedHashMap<>();
        switch (signature) {
            case SHA256 -> mac.update(body);
            case SEGMENT_V1 -> mac.update(first);
            case SHA256_TIMESTAMP -> {
                String seconds = Long.toString(clock.instant().getEpochSecond());
                headers.put("X-Signature-Timestamp", seconds);
                mac.update((seconds + ".").getBytes(StandardCharsets.US_ASCII));
                mac.update(body);
            }
        }
        headers.put("X-Signature", HexFormat.of().formatHex(mac.doFinal()));
        return headers;
    }
}
