package io.segmentdo.mapping;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.text.Normalizer;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/** Hashes, signatures and stable ids. */
final class DigestFunctions {
    private static final Map<String, Pattern> HASHED = Map.of(
            "MD5", Pattern.compile("[0-9a-fA-F]{32}"),
            "SHA-1", Pattern.compile("[0-9a-fA-F]{40}"),
            "SHA-256", Pattern.compile("[0-9a-fA-F]{64}"),
            "SHA-512", Pattern.compile("[0-9a-fA-F]{128}"));
    private static final Pattern SPACE = Pattern.compile("\\s+");
    private static final Pattern NOT_A_DIGIT = Pattern.compile("[^0-9]");
    private static final Pattern NOT_A_LETTER = Pattern.compile("[^\\p{L}]");
    private static final Pattern NOT_A_LETTER_OR_DIGIT = Pattern.compile("[^\\p{L}\\d]");

    private DigestFunctions() {}

    static void addTo(Map<String, Directive> directives) {
        directives.put("@hash", DigestFunctions::hash);
        directives.put("@hmac", DigestFunctions::hmac);
        directives.put("@uuid5", DigestFunctions::uuid5);
    }

    /**
     * {@code {value, algorithm, encoding, normalize, hashed}}: with {@code hashed: keep} a value that looks like a hash
     * already stays. Empty text gives nothing.
     */
    private static Expression hash(@Nullable Object argument, MappingSite site) {
        var arguments = DirectiveArguments.of(argument, site, "value", "algorithm", "encoding", "normalize", "hashed");
        String algorithm = digestName(arguments.choiceOr("algorithm", "sha256", "md5", "sha1", "sha512"));
        String encoding = arguments.choiceOr("encoding", "hex", "base64");
        String normalize = arguments.choiceOr("normalize", "none", "lower", "email", "phone", "name", "city", "zip");
        Pattern hashed = HASHED.getOrDefault(algorithm, Pattern.compile(""));
        boolean keepsHashed = arguments.choiceOr("hashed", "again", "keep").equals("keep");
        return Functions.applyToText(arguments.required("value"), text -> {
            if (keepsHashed && hashed.matcher(text.strip()).matches()) {
                return text.strip();
            }
            String normalized = normalize(text, normalize);
            return normalized.isEmpty() ? Absent.ABSENT : encode(digest(algorithm, utf8(normalized)), encoding);
        });
    }

    private static String digestName(String algorithm) {
        return algorithm.equals("md5") ? "MD5" : "SHA-" + algorithm.substring(3);
    }

    private static String normalize(String text, String kind) {
        String lower = text.strip().toLowerCase(Locale.ROOT);
        return switch (kind) {
            case "lower" -> lower;
            case "email" -> SPACE.matcher(lower).replaceAll("");
            case "phone" -> NOT_A_DIGIT.matcher(text).replaceAll("");
            case "name" -> NOT_A_LETTER.matcher(composed(lower)).replaceAll("");
            case "city" -> NOT_A_LETTER.matcher(composed(lower)).replaceAll("");
            case "zip" -> NOT_A_LETTER_OR_DIGIT.matcher(lower).replaceAll("");
            default -> text;
        };
    }

    private static String composed(String text) {
        return Normalizer.normalize(text, Normalizer.Form.NFC);
    }

    /** {@code {value, key, algorithm, encoding}}. */
    private static Expression hmac(@Nullable Object argument, MappingSite site) {
        var arguments = DirectiveArguments.of(argument, site, "value", "key", "algorithm", "encoding");
        String algorithm = arguments.choiceOr("algorithm", "sha256", "sha1", "sha512");
        String encoding = arguments.choiceOr("encoding", "hex", "base64");
        Expression key = arguments.required("key");
        return Functions.applyInScope(arguments.required("value"), (found, scope) -> {
            if (!(key.evaluate(scope) instanceof String secret) || secret.isEmpty()) {
                throw new MappingException("@hmac needs a key");
            }
            return encode(hmac(algorithm, utf8(secret), utf8(JsValues.text(found))), encoding);
        });
    }

    /** A signature with {@code sha1}, {@code sha256} or {@code sha512}. */
    static byte[] hmac(String algorithm, byte[] key, byte[] text) {
        String name = "HmacSHA" + algorithm.substring(3);
        try {
            Mac mac = Mac.getInstance(name);
            mac.init(new SecretKeySpec(key, name));
            return mac.doFinal(text);
        } catch (NoSuchAlgorithmException | InvalidKeyException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static byte[] digest(String algorithm, byte[] text) {
        try {
            return MessageDigest.getInstance(algorithm).digest(text);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** {@code {value, namespace}}: the same id for the same text, always. */
    private static Expression uuid5(@Nullable Object argument, MappingSite site) {
        var arguments = DirectiveArguments.of(argument, site, "value", "namespace");
        UUID namespace = namespace(arguments);
        return Functions.applyToText(arguments.required("value"), text -> {
            byte[] name = utf8(text);
            ByteBuffer input = ByteBuffer.allocate(16 + name.length)
                    .putLong(namespace.getMostSignificantBits())
                    .putLong(namespace.getLeastSignificantBits())
                    .put(name);
            ByteBuffer digest = ByteBuffer.wrap(digest("SHA-1", input.array()));
            long high = (digest.getLong() & 0xffffffffffff0fffL) | 0x5000L;
            long low = (digest.getLong() & 0x3fffffffffffffffL) | 0x8000000000000000L;
            return new UUID(high, low).toString();
        });
    }

    private static UUID namespace(DirectiveArguments arguments) {
        try {
            return UUID.fromString(String.valueOf(arguments.raw("namespace")));
        } catch (IllegalArgumentException notAUuid) {
            arguments.at("namespace").problem(arguments.raw("namespace"), "a UUID");
            return new UUID(0, 0);
        }
    }

    private static String encode(byte[] bytes, String encoding) {
        return encoding.equals("hex")
                ? HexFormat.of().formatHex(bytes)
                : Base64.getEncoder().encodeToString(bytes);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
