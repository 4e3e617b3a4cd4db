package io.segmentdo.r2;

import io.segmentdo.api.ConnectorState;
import io.segmentdo.api.Json;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which events the newest objects are to hold, kept over restarts. Ids stand there as hashes of 64 bits; the oldest notes
 * make room. Confined to the connector's thread.
 */
final class Notes {
    private static final String NAME = "objects";
    private static final int OBJECTS_MAX = 64;
    private static final int IDS_MAX = 100_000;

    private final ConnectorState state;
    private final Json json;
    private final Map<String, Set<Long>> idsByKey = new LinkedHashMap<>();

    private Notes(ConnectorState state, Json json) {
        this.state = state;
        this.json = json;
    }

    /** What was noted before. */
    static Notes read(ConnectorState state, Json json) {
        Notes notes = new Notes(state, json);
        state.find(NAME).ifPresent(text -> {
            if (json.read(text.getBytes(StandardCharsets.UTF_8)) instanceof Map<?, ?> noted) {
                noted.forEach((key, ids) -> notes.idsByKey.put(String.valueOf(key), unpacked(String.valueOf(ids))));
            }
        });
        return notes;
    }

    /** The objects that are to hold an event; nearly always none. */
    List<String> keysWith(String messageId) {
        long id = hash(messageId);
        List<String> keys = new ArrayList<>();
        idsByKey.forEach((key, ids) -> {
            if (ids.contains(id)) {
                keys.add(key);
            }
        });
        return keys;
    }

    /** Notes, before it returns, that an object is to hold events. */
    void put(String key, List<String> messageIds) {
        Set<Long> ids = new HashSet<>();
        messageIds.forEach(id -> ids.add(hash(id)));
        idsByKey.remove(key);
        idsByKey.put(key, ids);
        while (idsByKey.size() > 1 && (idsByKey.size() > OBJECTS_MAX || size() > IDS_MAX)) {
            idsByKey.remove(idsByKey.keySet().iterator().next());
        }
        Map<String, Object> packed = new LinkedHashMap<>();
        idsByKey.forEach((noted, all) -> packed.put(noted, packed(all)));
        state.put(NAME, new String(json.write(packed), StandardCharsets.UTF_8));
    }

    /** Forgets an object that is not there; on disk it is forgotten with the next note. */
    void remove(String key) {
        idsByKey.remove(key);
    }

    private int size() {
        return idsByKey.values().stream().mapToInt(Set::size).sum();
    }

    private static String packed(Set<Long> ids) {
        ByteBuffer bytes = ByteBuffer.allocate(ids.size() * Long.BYTES);
        ids.forEach(bytes::putLong);
        return Base64.getEncoder().encodeToString(bytes.array());
    }

    private static Set<Long> unpacked(String text) {
        ByteBuffer bytes = ByteBuffer.wrap(Base64.getDecoder().decode(text));
        Set<Long> ids = new HashSet<>();
        while (bytes.remaining() >= Long.BYTES) {
            ids.add(bytes.getLong());
        }
        return ids;
    }

    private static long hash(String messageId) {
        return ByteBuffer.wrap(ObjectKey.sha256().digest(messageId.getBytes(StandardCharsets.UTF_8)))
                .getLong();
    }
}
