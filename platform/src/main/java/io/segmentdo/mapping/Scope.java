package io.segmentdo.mapping;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a mapping sees: the event, or a part of it inside a list, and values bound to names.
 *
 * <p>Bound names (settings, steps and the like) come before members of the event in templates. Immutable.
 *
 * @param root what paths start from
 * @param bindings values by name
 */
public record Scope(@Nullable Object root, Map<String, @Nullable Object> bindings) {
    /** Only an event. */
    public static Scope of(@Nullable Object event) {
        return new Scope(event, Map.of());
    }

    /** The same with paths starting from another value. */
    public Scope at(@Nullable Object newRoot) {
        return new Scope(newRoot, bindings);
    }

    /** The same with one more name. */
    public Scope with(String name, @Nullable Object value) {
        var more = new HashMap<String, @Nullable Object>(bindings);
        more.put(name, value);
        return new Scope(root, more);
    }
}
