package io.segmentdo.mapping;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * A regular expression that gives up on a text which would keep it busy: the characters that one use may look at are
 * counted. Immutable.
 */
final class BoundedPattern {
    private static final int READS_MAX = 2_000_000;

    private final Pattern pattern;

    private BoundedPattern(Pattern pattern) {
        this.pattern = pattern;
    }

    /** Reads a required argument. */
    static BoundedPattern of(DirectiveArguments arguments, String name) {
        return compile(String.valueOf(arguments.raw(name)), arguments.at(name));
    }

    /** Compiles a text that stands somewhere in a mapping. */
    static BoundedPattern compile(String text, MappingSite site) {
        try {
            return new BoundedPattern(Pattern.compile(text));
        } catch (PatternSyntaxException e) {
            site.problem(text, "a regular expression");
            return new BoundedPattern(Pattern.compile(""));
        }
    }

    /** Whether there is a match. */
    boolean isIn(String text) {
        return pattern.matcher(new Counted(text)).find();
    }

    /** All matches, or their first groups where there are any. */
    List<String> findAll(String text) {
        return pattern.matcher(new Counted(text))
                .results()
                .map(match -> match.group(match.groupCount() == 0 ? 0 : 1))
                .toList();
    }

    boolean matches(String text) {
        return pattern.matcher(new Counted(text)).matches();
    }

    String replaceAll(String text, String with) {
        return TextLimit.check(pattern.matcher(new Counted(text)).replaceAll(with));
    }

    /** The first match, or its first group where there is one. */
    Optional<String> find(String text) {
        Matcher matcher = pattern.matcher(new Counted(text));
        return matcher.find()
                ? Optional.ofNullable(matcher.group(matcher.groupCount() == 0 ? 0 : 1))
                : Optional.empty();
    }

    private static final class Counted implements CharSequence {
        private final String text;
        private int reads;

        Counted(String text) {
            this.text = text;
        }

        @Override
        public char charAt(int index) {
            if (++reads > READS_MAX) {
                throw new MappingException("a regular expression that takes too long");
            }
            return text.charAt(index);
        }

        @Override
        public int length() {
            return text.length();
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return text.substring(start, end);
        }

        @Override
        public String toString() {
            return text;
        }
    }
}
