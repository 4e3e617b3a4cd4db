package io.segmentdo.connector;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Two values as one: objects by member, lists without repeats, and of everything else the later one. Pure. */
final class Merged {
    private Merged() {}

    static @Nullable Object of(@Nullable Object earlier, @Nullable Object later) {
        if (earlier instanceof Map<?, ?> before && later instanceof Map<?, ?> after) {
            Map<Object, @Nullable Object> members = new LinkedHashMap<>(before);
            after.forEach((name, value) -> members.put(name, of(before.get(name), value)));
            return members;
        }
        if (earlier instanceof List<?> before && later instanceof List<?> after) {
            Set<@Nullable Object> elements = new LinkedHashSet<>(before);
            elements.addAll(after);
            return new ArrayList<>(elements);
        }
        return later == null ? earlier : later;
    }
}
