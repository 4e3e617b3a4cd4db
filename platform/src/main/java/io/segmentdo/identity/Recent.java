package io.segmentdo.identity;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A bounded memory of what was used last: two generations, of which the older is forgotten as a whole when the younger is
 * full. It forgets only when told to, so that within a batch a key always has the same value. Confined to its thread.
 */
final class Recent<K, V> {
    private final int generationMax;
    private Map<K, V> young = new HashMap<>();
    private Map<K, V> old = new HashMap<>();

    /** Keeps between half of the bound and the bound, more within one batch. */
    Recent(int max) {
        this.generationMax = Math.max(1, max / 2);
    }

    @Nullable
    V find(K key) {
        V value = young.get(key);
        if (value == null && !old.isEmpty()) {
            value = old.remove(key);
            if (value != null) {
                young.put(key, value);
            }
        }
        return value;
    }

    void put(K key, V value) {
        young.put(key, value);
    }

    /** Forgets the older half when there is too much. */
    void trim() {
        if (young.size() > generationMax) {
            old = young;
            young = new HashMap<>();
        }
    }
}
