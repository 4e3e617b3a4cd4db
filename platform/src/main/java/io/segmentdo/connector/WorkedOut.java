package io.segmentdo.connector;

import io.segmentdo.mapping.Mapping;
import io.segmentdo.mapping.MappingException;
import io.segmentdo.mapping.Scope;
import java.util.AbstractMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Values of {@code let}, each worked out when it is first asked for, so that they may refer to each other in any order.
 *
 * <p>Confined to its thread.
 */
final class WorkedOut extends AbstractMap<String, Object> {
    private final Map<String, Mapping> mappings;
    private final Scope scope;
    private final Map<String, @Nullable Object> known = new LinkedHashMap<>();
    private final Set<String> underway = new HashSet<>();

    WorkedOut(Map<String, Mapping> mappings, Scope scope) {
        this.mappings = mappings;
        this.scope = scope.with("let", this);
    }

    /** What the mappings that may refer to these values see. */
    Scope scope() {
        return scope;
    }

    @Override
    public @Nullable Object get(Object name) {
        if (known.containsKey(name)) {
            return known.get(name);
        }
        Mapping mapping = mappings.get(name);
        if (mapping == null) {
            return null;
        }
        String key = name.toString();
        if (!underway.add(key)) {
            throw new MappingException("let." + key + " refers to itself");
        }
        Object value = mapping.apply(scope);
        underway.remove(key);
        known.put(key, value);
        return value;
    }

    @Override
    public @Nullable Object getOrDefault(Object name, @Nullable Object otherwise) {
        Object value = get(name);
        return value == null ? otherwise : value;
    }

    @Override
    public boolean containsKey(Object name) {
        return get(name) != null;
    }

    @Override
    public Set<Entry<String, Object>> entrySet() {
        Map<String, Object> all = new LinkedHashMap<>();
        for (String name : mappings.keySet()) {
            Object value = get(name);
            if (value != null) {
                all.put(name, value);
            }
        }
        return all.entrySet();
    }
}
