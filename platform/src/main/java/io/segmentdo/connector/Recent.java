package io.segmentdo.connector;

import java.util.LinkedHashMap;
import java.util.Map;

/** What a connector remembers for a while, the least recently used forgotten first. Confined to its thread. */
final class Recent<V> extends LinkedHashMap<Object, V> {
    private static final long serialVersionUID = 1;
    private static final int ENTRIES_MAX = 10_000;

    Recent() {
        super(16, 0.75f, true);
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<Object, V> eldest) {
        return size() > ENTRIES_MAX;
    }
}
