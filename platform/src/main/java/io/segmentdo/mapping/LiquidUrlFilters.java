package io.segmentdo.mapping;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.Locale;
import java.util.regex.Pattern;

/** What Liquid templates make of texts for URLs. Pure. */
final class LiquidUrlFilters {
    private static final String KEPT_IN_PARTS = "!'()*";
    private static final String KEPT_IN_WHOLE = KEPT_IN_PARTS + ";,/?:@&=+$#[]";
    private static final Pattern ACCENT = Pattern.compile("\\p{M}+");
    private static final Pattern EDGES = Pattern.compile("^-|-$");

    private LiquidUrlFilters() {}

    /** As a part of a query, a plus for each space. */
    static String encode(String text) {
        return keeping(KEPT_IN_PARTS, TextFunctions.encodeUrl(text)).replace("%20", "+");
    }

    /** Likewise, with nothing kept but letters, digits and {@code -._~}. */
    static String encodeStrictly(String text) {
        return TextFunctions.encodeUrl(text).replace("%20", "+");
    }

    /** As a whole URL, whose delimiters stay. */
    static String encodeWhole(String text) {
        return keeping(KEPT_IN_WHOLE, TextFunctions.encodeUrl(text));
    }

    private static String keeping(String kept, String encoded) {
        String result = encoded;
        for (int i = 0; i < kept.length(); i++) {
            result = result.replace("%%%02X".formatted((int) kept.charAt(i)), kept.substring(i, i + 1));
        }
        return result;
    }

    static String decode(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8).replace('+', ' ');
        } catch (IllegalArgumentException notEncoded) {
            return text;
        }
    }

    /**
     * Words joined by dashes.
     *
     * @param mode which characters stay: none, raw, default, pretty, ascii or latin
     */
    static String slug(String text, String mode, boolean keepsCase) {
        String between = switch (mode) {
            case "none" -> "";
            case "raw" -> "\\s+";
            case "pretty" -> "[^\\p{M}\\p{L}\\p{Nd}._~!$&'()+,;=@]+";
            case "ascii" -> "[^A-Za-z0-9]+";
            default -> "[^\\p{M}\\p{L}\\p{Nd}]+";
        };
        String plain = mode.equals("latin")
                ? ACCENT.matcher(Normalizer.normalize(text, Normalizer.Form.NFD))
                        .replaceAll("")
                : text;
        String joined = between.isEmpty()
                ? plain
                : EDGES.matcher(plain.replaceAll(between, "-")).replaceAll("");
        return keepsCase ? joined : joined.toLowerCase(Locale.ROOT);
    }
}
