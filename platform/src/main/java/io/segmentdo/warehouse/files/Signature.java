package io.segmentdo.warehouse.files;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Signs requests to S3 with AWS Signature Version 4. Immutable. */
final class Signature {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);
    private static final String UNRESERVED = "-._~";

    private final String region;
    private final String keyId;
    private final String secret;

    Signature(String region, String keyId, String secret) {
        this.region = region;
        this.keyId = keyId;
        this.secret = secret;
    }

    /** The headers that a request has to carry. */
    Map<String, String> headers(String method, URI uri, byte[] body, Instant now) {
        String time = TIME.format(now);
        String day = time.substring(0, 8);
        String bodyHash = hex(sha256(body));
        String query = uri.getRawQuery() == null ? "" : uri.getRawQuery();
        String canonical = method + '\n' + uri.getRawPath() + '\n' + query + "\nhost:" + host(uri)
                + "\nx-amz-content-sha256:" + bodyHash + "\nx-amz-date:" + time
                + "\n\nhost;x-amz-content-sha256;x-amz-date\n" + bodyHash;
        String scope = day + '/' + region + "/s3/aws4_request";
        String toSign = "AWS4-HMAC-SHA256\n" + time + '\n' + scope + '\n' + hex(sha256(utf8(canonical)));
        byte[] key = hmac(hmac(hmac(hmac(utf8("AWS4" + secret), day), region), "s3"), "aws4_request");
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("x-amz-date", time);
        headers.put("x-amz-content-sha256", bodyHash);
        headers.put(
                "Authorization",
                "AWS4-HMAC-SHA256 Credential=" + keyId + '/' + scope
                        + ", SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature="
                        + hex(hmac(key, toSign)));
        return headers;
    }

    /** As the HTTP client writes it: without a port that is the scheme's own. */
    private static String host(URI uri) {
        int port = uri.getPort();
        boolean isDefault = port < 0
                || (port == 80 && "http".equals(uri.getScheme()))
                || (port == 443 && "https".equals(uri.getScheme()));
        return isDefault ? uri.getHost() : uri.getHost() + ":" + port;
    }

    /** Percent-encodes everything but letters, digits and {@code -._~}, and slashes where these divide a path. */
    static String encode(String text, boolean keepsSlashes) {
        StringBuilder encoded = new StringBuilder(text.length() + 16);
        for (byte one : utf8(text)) {
            char c = (char) (one & 0xff);
            boolean isKept = (c < 128 && (Character.isLetterOrDigit(c) || UNRESERVED.indexOf(c) >= 0))
                    || (c == '/' && keepsSlashes);
            if (isKept) {
                encoded.append(c);
            } else {
                encoded.append('%').append(HexFormat.of().withUpperCase().toHexDigits(one));
            }
        }
        return encoded.toString();
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e); // every JDK has it
        }
    }

    private static byte[] hmac(byte[] key, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(utf8(text));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e); // every JDK has it
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
