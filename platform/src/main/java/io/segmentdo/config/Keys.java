package io.segmentdo.config;

import java.lang.reflect.RecordComponent;
import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** The spelling of keys. */
final class Keys {
    private Keys() {}

    /** {@code maxInFlight} is {@code max-in-flight}. */
    static String of(RecordComponent component) {
        return component.getName().replaceAll("([a-z0-9])([A-Z])", "$1-$2").toLowerCase(Locale.ROOT);
    }

    static String join(String path, String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    /** {@code delivery.max-in-flight} is {@code SEGMENTDO_DELIVERY_MAX_IN_FLIGHT}. */
    static String environmentVariable(String path) {
        return "SEGMENTDO_" + path.replace('.', '_').replace('-', '_').toUpperCase(Locale.ROOT);
    }

    /** The known word that is most like the given one, if any is. */
    static Optional<String> nearest(String word, Collection<String> known) {
        int tolerance = Math.max(2, word.length() / 3);
        return known.stream()
                .filter(candidate -> distance(word, candidate) <= tolerance)
                .min(Comparator.comparingInt(candidate -> distance(word, candidate)));
    }

    /** Edits (Levenshtein) between two words. */
    private static int distance(String left, String right) {
        int[] row = new int[right.length() + 1];
        for (int j = 0; j <= right.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= left.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= right.length(); j++) {
                int changed = diagonal + (left.charAt(i - 1) == right.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(changed, Math.min(row[j - 1], diagonal) + 1);
            }
        }
        return row[right.length()];
    }
}
