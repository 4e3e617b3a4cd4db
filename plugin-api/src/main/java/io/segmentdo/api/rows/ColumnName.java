package io.segmentdo.api.rows;

import java.util.Optional;

/**
 * How the name of a property becomes the name of a column: {@code productId}, {@code Product ID} and {@code product-id}
 * are all {@code product_id}.
 *
 * <p>Letters of any script and digits stay, in lower case; everything else, and the steps of camel case, become single
 * underscores. Pure.
 */
public final class ColumnName {
    /** What every engine takes. */
    static final int CHARACTERS_MAX = 100;

    private ColumnName() {}

    /** The name in snake case, or empty when nothing is left of it or it is too long to be a column. */
    public static Optional<String> of(String property) {
        StringBuilder name = new StringBuilder(property.length() + 8);
        for (int i = 0; i < property.length(); i++) {
            char c = property.charAt(i);
            if (!Character.isLetterOrDigit(c)) {
                separate(name);
                continue;
            }
            if (startsWord(property, i)) {
                separate(name);
            }
            name.append(Character.toLowerCase(c));
        }
        if (!name.isEmpty() && name.charAt(name.length() - 1) == '_') {
            name.setLength(name.length() - 1);
        }
        if (!name.isEmpty() && Character.isDigit(name.charAt(0))) {
            name.insert(0, '_');
        }
        return name.isEmpty() || name.length() > CHARACTERS_MAX ? Optional.empty() : Optional.of(name.toString());
    }

    private static void separate(StringBuilder name) {
        if (!name.isEmpty() && name.charAt(name.length() - 1) != '_') {
            name.append('_');
        }
    }

    /** An upper-case letter behind a lower-case one, or the last of several before a lower-case one. */
    private static boolean startsWord(String property, int at) {
        if (at == 0 || !Character.isUpperCase(property.charAt(at))) {
            return false;
        }
        char before = property.charAt(at - 1);
        boolean isLast = Character.isUpperCase(before)
                && at + 1 < property.length()
                && Character.isLowerCase(property.charAt(at + 1));
        return Character.isLowerCase(before) || Character.isDigit(before) || isLast;
    }
}
