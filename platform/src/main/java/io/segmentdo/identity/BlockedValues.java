package io.segmentdo.identity;

import io.segmentdo.config.Checks;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/** Values that identify nobody, by themselves or by a pattern that they match as a whole. Immutable. */
final class BlockedValues {
    private final Set<String> values;
    private final @Nullable Pattern pattern;

    BlockedValues(List<String> values, List<String> patterns) {
        this.values = new HashSet<>(values);
        this.pattern = patterns.isEmpty() ? null : Pattern.compile("(?:" + String.join(")|(?:", patterns) + ")");
    }

    /** Refuses what is no regular expression, by its place in {@code blocked-patterns}. */
    static void check(List<String> patterns) {
        for (int i = 0; i < patterns.size(); i++) {
            String expected = "a regular expression";
            boolean isOne = true;
            try {
                Pattern.compile(patterns.get(i));
            } catch (PatternSyntaxException e) {
                isOne = false;
                expected += ": " + e.getDescription();
            }
            Checks.check(isOne, "blocked-patterns[" + i + "]", patterns.get(i), expected);
        }
    }

    boolean contains(String value) {
        return values.contains(value)
                || (pattern != null && pattern.matcher(value).matches());
    }
}
