package io.segmentdo.connector;

import io.segmentdo.api.DestinationContext;
import io.segmentdo.api.HttpRequest;
import io.segmentdo.mapping.Mapping;
import io.segmentdo.mapping.Scope;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signs requests as AWS does, version 4. Host, content type and all {@code x-amz-} headers, the date among them, are signed.
 *
 * <p>Immutable.
 *
 * @param service e.g. {@code firehose}
 * @param region e.g. {@code eu-west-1}
 * @param accessKeyId the key's name
 * @param secretAccessKey the key
 * @param sessionToken of temporary credentials
 */
record SigV4Plan(Mapping service, Mapping region, Mapping accessKeyId, Mapping secretAccessKey, Mapping sessionToken)
        implements Authentication {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final String ALGORITHM = "AWS4-HMAC-SHA256";

    static SigV4Plan read(YamlObject auth, Set<String> names) {
        auth.refuse("roleArn", "no role: keys of a user, or temporary ones with their sessionToken")
                .allow("service", "region", "accessKeyId", "secretAccessKey", "sessionToken");
        for (String key : List.of("service", "region", "accessKeyId", "secretAccessKey")) {
            if (!auth.has(key)) {
                auth.problem(key, "a text or a mapping");
            }
        }
        return new SigV4Plan(
                auth.mapping("service", names),
                auth.mapping("region", names),
                auth.mapping("accessKeyId", names),
                auth.mapping("secretAccessKey", names),
                auth.mapping("sessionToken", names));
    }

    @Override
    public Credentials open(Scope configured, DestinationContext context) {
        return request -> sign(request, configured, context.clock().instant());
    }

    private HttpRequest sign(HttpRequest request, Scope scope, Instant now) {
        String time = TIME.format(now);
        String service = text(this.service, scope);
        String payloadHash = HexFormat.of().formatHex(sha256(request.body()));
        HttpRequest dated = request.header("X-Amz-Date", time);
        if (service.equals("s3")) {
            dated = dated.header("X-Amz-Content-Sha256", payloadHash);
        }
        String token = text(sessionToken, scope);
        dated = token.isEmpty() ? dated : dated.header("X-Amz-Security-Token", token);

        TreeMap<String, String> headers = signed(dated);
        String names = String.join(";", headers.keySet());
        var canonical = new StringBuilder(request.method())
                .append('\n')
                .append(path(request.uri(), service))
                .append('\n')
                .append(query(request.uri()))
                .append('\n');
        headers.forEach((name, value) ->
                canonical.append(name).append(':').append(value).append('\n'));
        canonical.append('\n').append(names).append('\n').append(payloadHash);

        String day = time.substring(0, 8);
        String credentialScope = day + "/" + text(region, scope) + "/" + service + "/aws4_request";
        String toSign = ALGORITHM + "\n" + time + "\n" + credentialScope + "\n"
                + HexFormat.of().formatHex(sha256(canonical.toString().getBytes(StandardCharsets.UTF_8)));
        byte[] key = hmac(("AWS4" + text(secretAccessKey, scope)).getBytes(StandardCharsets.UTF_8), day);
        for (String part : List.of(text(region, scope), service, "aws4_request")) {
            key = hmac(key, part);
        }
        return dated.header(
                "Authorization",
                ALGORITHM + " Credential=" + text(accessKeyId, scope) + "/" + credentialScope + ", SignedHeaders="
                        + names + ", Signature=" + HexFormat.of().formatHex(hmac(key, toSign)));
    }

    private static TreeMap<String, String> signed(HttpRequest request) {
        var headers = new TreeMap<String, String>();
        request.headers().forEach((name, value) -> {
            String lower = name.toLowerCase(Locale.ROOT);
            if (lower.equals("content-type") || lower.startsWith("x-amz-")) {
                headers.put(lower, value.strip().replaceAll(" +", " "));
            }
        });
        headers.put("host", host(request.uri()));
        return headers;
    }

    /** As clients write it: without a port that is the scheme's own. */
    private static String host(URI uri) {
        int port = uri.getPort();
        boolean isDefault = port < 0 || port == ("http".equals(uri.getScheme()) ? 80 : 443);
        return isDefault ? uri.getHost() : uri.getHost() + ":" + port;
    }

    /** The encoded path; every service but S3 wants it encoded once more. */
    private static String path(URI uri, String service) {
        String path = Objects.requireNonNullElse(uri.getRawPath(), "");
        if (path.isEmpty()) {
            return "/";
        }
        return service.equals("s3") ? path : UrlTemplate.encode(path).replace("%2F", "/");
    }

    private static String query(URI uri) {
        List<String> pairs = new ArrayList<>();
        for (String pair : Objects.requireNonNullElse(uri.getRawQuery(), "").split("&", -1)) {
            if (!pair.isEmpty()) {
                pairs.add(pair.contains("=") ? pair : pair + "=");
            }
        }
        return String.join("&", pairs.stream().sorted().toList());
    }

    private static byte[] sha256(byte[] text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text);
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static byte[] hmac(byte[] key, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static String text(Mapping mapping, Scope scope) {
        return mapping.apply(scope) instanceof String text ? text : "";
    }
}
