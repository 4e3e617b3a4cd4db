package io.segmentdo.aws;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signs requests to one service of AWS with Signature Version 4. Immutable.
 *
 * @param service e.g. {@code firehose}
 * @param region e.g. {@code eu-west-1}
 */
public record AwsSignature(String service, String region) {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final String ALGORITHM = "AWS4-HMAC-SHA256";
    private static final String UNRESERVED = "-._~";

    /**
     * The headers that make a request a signed one.
     *
     * @param uri where it goes, percent-encoded
     * @param signed headers of the request that are signed too; the host is without being named
     * @param body what it carries, which may be nothing
     */
    public Map<String, String> headers(
            AwsKeys keys, String method, URI uri, Map<String, String> signed, byte[] body, Instant now) {
        String time = TIME.format(now);
        String bodyHash = hex(sha256(body));
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("X-Amz-Date", time);
        if (isS3()) {
            headers.put("X-Amz-Content-Sha256", bodyHash);
        }
        if (!keys.sessionToken().isEmpty()) {
            headers.put("X-Amz-Security-Token", keys.sessionToken());
        }
        TreeMap<String, String> canonical = new TreeMap<>(Map.of("host", host(uri)));
        Stream.of(signed, headers)
                .forEach(some -> some.forEach((name, value) -> canonical.put(
                        name.toLowerCase(Locale.ROOT), value.strip().replaceAll(" +", " "))));
        StringBuilder lines = new StringBuilder();
        canonical.forEach(
                (name, value) -> lines.append(name).append(':').append(value).append('\n'));
        String names = String.join(";", canonical.keySet());
        String request = String.join("\n", method, path(uri), query(uri), lines, names, bodyHash);

        String day = time.substring(0, 8);
        String scope = String.join("/", day, region, service, "aws4_request");
        String toSign = String.join("\n", ALGORITHM, time, scope, hex(sha256(utf8(request))));
        byte[] key = utf8("AWS4" + keys.secret());
        for (String part : List.of(day, region, service, "aws4_request")) {
            key = hmac(key, part);
        }
        headers.put(
                "Authorization",
                ALGORITHM + " Credential=" + keys.id() + "/" + scope + ", SignedHeaders=" + names + ", Signature="
                        + hex(hmac(key, toSign)));
        return headers;
    }

    private boolean isS3() {
        return service.equals("s3");
    }

    /** As clients write it: without a port that is the scheme's own. */
    private static String host(URI uri) {
        int port = uri.getPort();
        boolean isDefault = port < 0 || port == ("http".equals(uri.getScheme()) ? 80 : 443);
        return isDefault ? uri.getHost() : uri.getHost() + ":" + port;
    }

    /** The encoded path; every service but S3 wants it encoded once more. */
    private String path(URI uri) {
        String path = Objects.requireNonNullElse(uri.getRawPath(), "");
        if (path.isEmpty()) {
            return "/";
        }
        return isS3() ? path : encode(path, true);
    }

    private static String query(URI uri) {
        List<String> pairs = Stream.of(
                        Objects.requireNonNullElse(uri.getRawQuery(), "").split("&", -1))
                .filter(pair -> !pair.isEmpty())
                .map(pair -> pair.contains("=") ? pair : pair + "=")
                .sorted()
                .toList();
        return String.join("&", pairs);
    }

    /** Percent-encodes everything but letters, digits and {@code -._~}, and slashes where these divide a path. */
    public static String encode(String text, boolean keepsSlashes) {
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
        } catch (GeneralSecurityException everyJdkHasIt) {
            throw new IllegalStateException(everyJdkHasIt);
        }
    }

    private static byte[] hmac(byte[] key, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(utf8(text));
        } catch (GeneralSecurityException everyJdkHasIt) {
            throw new IllegalStateException(everyJdkHasIt);
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
