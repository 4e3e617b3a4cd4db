package io.segmentdo.identity;

import io.segmentdo.event.FrameReader;
import io.segmentdo.event.FrameWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What the stored and sent forms of identity have in common: actors, lists and maps within one workspace. Pure. */
final class Frames {
    private Frames() {}

    static void putActor(FrameWriter frame, ActorId id) {
        frame.putString(id.type()).putString(id.value());
    }

    static ActorId readActor(FrameReader frame, String workspace) {
        return ActorId.of(workspace, readType(frame), frame.readString());
    }

    static void putOptionalActor(FrameWriter frame, @Nullable ActorId id) {
        frame.putByte(id == null ? 0 : 1);
        if (id != null) {
            putActor(frame, id);
        }
    }

    static @Nullable ActorId readOptionalActor(FrameReader frame, String workspace) {
        return frame.readByte() == 0 ? null : readActor(frame, workspace);
    }

    static void putActors(FrameWriter frame, Collection<ActorId> ids) {
        putAll(frame, ids, (to, id) -> putActor(to, id));
    }

    static List<ActorId> readActors(FrameReader frame, String workspace) {
        return readAll(frame, from -> readActor(from, workspace));
    }

    static <T> void putAll(FrameWriter frame, Collection<T> items, BiConsumer<FrameWriter, T> put) {
        frame.putSize(items.size());
        for (T item : items) {
            put.accept(frame, item);
        }
    }

    static <T> List<T> readAll(FrameReader frame, Function<FrameReader, T> read) {
        long count = frame.readSize();
        if (count == 0) {
            return List.of();
        }
        List<T> items = new ArrayList<>((int) Math.min(count, frame.remaining()));
        for (long i = 0; i < count; i++) {
            items.add(read.apply(frame));
        }
        return items;
    }

    static <V> void putMap(FrameWriter frame, Map<ActorId, V> map, BiConsumer<FrameWriter, V> put) {
        frame.putSize(map.size());
        for (Map.Entry<ActorId, V> entry : map.entrySet()) {
            putActor(frame, entry.getKey());
            put.accept(frame, entry.getValue());
        }
    }

    static <V> Map<ActorId, V> readMap(FrameReader frame, String workspace, Function<FrameReader, V> read) {
        long count = frame.readSize();
        if (count == 0) {
            return Map.of();
        }
        Map<ActorId, V> map = new LinkedHashMap<>();
        for (long i = 0; i < count; i++) {
            ActorId key = readActor(frame, workspace);
            map.put(key, read.apply(frame));
        }
        return map;
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** The names of the two frequent types are shared, so that they compare fast. */
    private static String readType(FrameReader frame) {
        String type = frame.readString();
        return switch (type) {
            case ActorId.USER -> ActorId.USER;
            case ActorId.ANONYMOUS -> ActorId.ANONYMOUS;
            default -> type;
        };
    }
}
