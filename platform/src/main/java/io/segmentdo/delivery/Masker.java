package io.segmentdo.delivery;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Takes secrets out of texts that are kept or shown, as they are and as they look in URLs, JSON and Base64, and shortens
 * the texts. Immutable.
 */
final class Masker {
    static final Masker NONE = new Masker(List.of());

    private static final int EXCERPT_MAX = 1024;

    /** Shorter texts would hide ordinary words. */
    private static final int SECRET_MIN = 4;

    private final List<String> secrets;

    Masker(Collection<String> secrets) {
        this.secrets = secrets.stream()
                .filter(secret -> secret.length() >= SECRET_MIN)
                .flatMap(Masker::spellings)
                .distinct()
                .sorted(Comparator.comparingInt(String::length).reversed())
                .toList();
    }

    private static Stream<String> spellings(String secret) {
        byte[] bytes = secret.getBytes(StandardCharsets.UTF_8);
        String form = URLEncoder.encode(secret, StandardCharsets.UTF_8);
        String json = new String(PlatformJson.INSTANCE.write(secret), StandardCharsets.UTF_8);
        String base64 = Base64.getEncoder().withoutPadding().encodeToString(bytes);
        return Stream.of(
                secret,
                form,
                form.replace("+", "%20"),
                json.substring(1, json.length() - 1),
                base64,
                base64.replace('+', '-').replace('/', '_'));
    }

    /** The same, which takes these out too. */
    Masker and(Collection<String> more) {
        return more.isEmpty()
                ? this
                : new Masker(Stream.concat(secrets.stream(), more.stream()).toList());
    }

    /** The text with every secret replaced, at most 1,024 characters of it. */
    String mask(String text) {
        String masked = text;
        for (String secret : secrets) {
            masked = masked.replace(secret, "***");
        }
        return masked.length() <= EXCERPT_MAX ? masked : masked.substring(0, EXCERPT_MAX) + "…";
    }

    /** The same of UTF-8 bytes. */
    String mask(byte[] text) {
        int longest = secrets.isEmpty() ? 0 : secrets.getFirst().length() * 4;
        int length = Math.min(text.length, EXCERPT_MAX * 4 + longest);
        return mask(new String(text, 0, length, StandardCharsets.UTF_8));
    }
}
