package io.segmentdo.delivery;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** Takes secrets out of texts that are kept or shown, and shortens them. Immutable. */
final class Masker {
    private static final int EXCERPT_MAX = 1024;

    /** Shorter texts would hide ordinary words. */
    private static final int SECRET_MIN = 4;

    private final List<String> secrets;

    Masker(Collection<String> secrets) {
        this.secrets = secrets.stream()
                .filter(secret -> secret.length() >= SECRET_MIN)
                .distinct()
                .sorted(Comparator.comparingInt(String::length).reversed())
                .toList();
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
