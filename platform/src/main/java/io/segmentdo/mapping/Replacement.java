package io.segmentdo.mapping;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A literal search and replace, as {@code @replace} does it: {@code $$}, {@code $&}, {@code $`} and {@code $'} in the
 * replacement mean a dollar, the match, what stands before and what stands after it. Immutable.
 */
final class Replacement {
    private final Pattern pattern;
    private final String replacement;
    private final boolean all;
    private final boolean active;
    private final String literal;

    /** An empty pattern changes nothing. */
    Replacement(String literal, String replacement, boolean ignoreCase, boolean all) {
        int flags = ignoreCase ? Pattern.LITERAL | Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE : Pattern.LITERAL;
        this.pattern = Pattern.compile(literal, flags);
        this.replacement = replacement;
        this.all = all;
        this.active = !literal.isEmpty();
        this.literal = ignoreCase ? "" : literal;
    }

    String apply(String text) {
        if (!active || !text.contains(literal)) {
            return text;
        }
        var result = new StringBuilder();
        Matcher matcher = pattern.matcher(text);
        int from = 0;
        while (matcher.find()) {
            result.append(text, from, matcher.start());
            expand(result, text, matcher);
            from = matcher.end();
            if (!all) {
                break;
            }
        }
        return TextLimit.check(result.append(text, from, text.length())).toString();
    }

    private void expand(StringBuilder result, String text, Matcher match) {
        int i = 0;
        while (i < replacement.length()) {
            char next = i + 1 < replacement.length() ? replacement.charAt(i + 1) : ' ';
            boolean isSpecial = replacement.charAt(i) == '$' && "$&`'".indexOf(next) >= 0;
            if (!isSpecial) {
                result.append(replacement.charAt(i));
            } else if (next == '$') {
                result.append('$');
            } else if (next == '&') {
                result.append(match.group());
            } else if (next == '`') {
                result.append(text, 0, match.start());
            } else {
                result.append(text, match.end(), text.length());
            }
            i += isSpecial ? 2 : 1;
        }
    }
}
