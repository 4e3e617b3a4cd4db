package io.segmentdo.source;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The sources of all workspaces, found by write key. Safe for concurrent use; replaced as a whole. */
public final class Sources {
    private volatile Map<String, Source> byWriteKey = Map.of();

    /** The source that owns a write key, whether it is enabled or not. */
    public Optional<Source> find(String writeKey) {
        return Optional.ofNullable(byWriteKey.get(writeKey));
    }

    /** Puts these in the place of all that were known; requests that already found theirs are not disturbed. */
    public void replaceAll(Collection<Source> sources) {
        Map<String, Source> next = new HashMap<>();
        for (Source source : sources) {
            for (String writeKey : source.writeKeys()) {
                next.put(writeKey, source);
            }
        }
        byWriteKey = Map.copyOf(next);
    }
}
