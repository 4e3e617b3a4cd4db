package io.segmentdo.mapping;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The named arguments of a directive, e.g. {@code {operator, value}}. Confined to its thread. */
final class DirectiveArguments {
    private final Map<?, ?> members;
    private final MappingSite site;

    private DirectiveArguments(Map<?, ?> members, MappingSite site) {
        this.members = members;
        this.site = site;
    }

    /** Reads an object; anything else, and every argument that is not among the known ones, is a problem. */
    static DirectiveArguments of(@Nullable Object argument, MappingSite site, String... known) {
        if (!(argument instanceof Map<?, ?> map) || MappingSite.isDirective(map)) {
            site.problem(argument, "an object with " + String.join(", ", known));
            return new DirectiveArguments(Map.of(), site.unheard());
        }
        for (Object key : map.keySet()) {
            if (!List.of(known).contains(key)) {
                site.at(key).problem(map.get(key), "one of " + String.join(", ", known));
            }
        }
        return new DirectiveArguments(map, site);
    }

    /** Reports a fault of the whole, unless a graver one was. */
    Expression problem(@Nullable Object value, String expectation) {
        return site.problem(value, expectation);
    }

    boolean has(String name) {
        return members.containsKey(name);
    }

    @Nullable
    Object raw(String name) {
        return members.get(name);
    }

    MappingSite at(String name) {
        return site.at(name);
    }

    /** A required value. */
    Expression required(String name) {
        return has(name) ? site.at(name).compile(raw(name)) : site.problem(null, name);
    }

    /** A value, or one that is always missing. */
    Expression optional(String name) {
        return has(name) ? site.at(name).compile(raw(name)) : scope -> Absent.ABSENT;
    }

    /** A literal text of bounded length, or what stands in for it. */
    String text(String name, String otherwise, int charsMin, int charsMax) {
        if (!has(name)) {
            return otherwise;
        }
        if (raw(name) instanceof String text && text.length() >= charsMin && text.length() <= charsMax) {
            return text;
        }
        site.at(name).problem(raw(name), "a text of " + charsMin + " to " + charsMax + " characters");
        return otherwise;
    }

    /** A literal truth value. */
    boolean flag(String name, boolean otherwise) {
        if (!has(name)) {
            return otherwise;
        }
        if (raw(name) instanceof Boolean flag) {
            return flag;
        }
        site.at(name).problem(raw(name), "true or false");
        return otherwise;
    }

    /** One of several words, in small letters; the first one stands in for a faulty one. */
    String choice(String name, String... words) {
        if (raw(name) instanceof String text && List.of(words).contains(text.toLowerCase(Locale.ROOT))) {
            return text.toLowerCase(Locale.ROOT);
        }
        site.at(name).problem(raw(name), "one of " + String.join(", ", words));
        return words[0];
    }

    /** One of several words, in small letters; the first one where none is given. */
    String choiceOr(String name, String otherwise, String... others) {
        if (!has(name)) {
            return otherwise;
        }
        var words = new ArrayList<>(List.of(others));
        words.addFirst(otherwise);
        return choice(name, words.toArray(String[]::new));
    }

    /** A whole number in a range. */
    int integer(String name, int min, int max) {
        if (raw(name) instanceof Integer number && number >= min && number <= max) {
            return number;
        }
        site.at(name).problem(raw(name), "a whole number from " + min + " to " + max);
        return min;
    }
}
