package io.segmentdo.identity;

import io.segmentdo.event.FrameReader;
import io.segmentdo.event.FrameWriter;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The traits that came by one identifier: per name the last value in event time.
 *
 * <p>Merging is commutative, associative and idempotent, so writes may come in any order and more than once. A trait that
 * was set to null stays as a mark, so that an older value cannot come back. Immutable values; the row itself is confined
 * to its lane.
 */
final class TraitRow {
    /**
     * One value.
     *
     * @param atMillis when it was said: the earlier of the corrected timestamp and the arrival
     * @param tie decides between two of the same millisecond; made from the message id
     * @param source which source said it
     * @param json the value as JSON, {@code null} when it was unset
     */
    @SuppressWarnings("ArrayRecordComponent") // compared by content below
    record Value(long atMillis, long tie, String source, byte[] json) {
        boolean wins(Value other) {
            if (atMillis != other.atMillis) {
                return atMillis > other.atMillis;
            }
            return tie != other.tie ? tie > other.tie : Arrays.compare(json, other.json) > 0;
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Value that
                    && atMillis == that.atMillis
                    && tie == that.tie
                    && source.equals(that.source)
                    && Arrays.equals(json, that.json);
        }

        @Override
        public int hashCode() {
            return Long.hashCode(atMillis) * 31 + Long.hashCode(tie);
        }

        boolean isUnset() {
            return json.length == 4 && json[0] == 'n';
        }
    }

    private final Map<String, Value> values;

    TraitRow() {
        this(new LinkedHashMap<>());
    }

    private TraitRow(Map<String, Value> values) {
        this.values = values;
    }

    TraitRow copy() {
        return new TraitRow(new LinkedHashMap<>(values));
    }

    Map<String, Value> values() {
        return values;
    }

    boolean isEmpty() {
        return values.isEmpty();
    }

    void put(String name, Value value) {
        values.merge(name, value, (old, next) -> next.wins(old) ? next : old);
    }

    /** Takes in another row, new names only up to a bound; returns how many names found no room. */
    int merge(TraitRow other, int max) {
        int dropped = 0;
        for (Map.Entry<String, Value> entry : other.values.entrySet()) {
            if (values.size() < max || values.containsKey(entry.getKey())) {
                put(entry.getKey(), entry.getValue());
            } else {
                dropped++;
            }
        }
        return dropped;
    }

    void write(FrameWriter frame) {
        frame.putSize(values.size());
        for (Map.Entry<String, Value> entry : values.entrySet()) {
            Value value = entry.getValue();
            frame.putString(entry.getKey())
                    .putLong(value.atMillis)
                    .putLong(value.tie)
                    .putString(value.source)
                    .putBytes(value.json);
        }
    }

    byte[] toBytes() {
        FrameWriter frame = new FrameWriter(64 + 48 * values.size());
        write(frame);
        return frame.toBytes();
    }

    static TraitRow read(FrameReader frame) {
        long count = frame.readSize();
        Map<String, Value> values = new LinkedHashMap<>();
        for (long i = 0; i < count; i++) {
            values.put(
                    frame.readString(),
                    new Value(frame.readLong(), frame.readLong(), frame.readString(), frame.readBytes()));
        }
        return new TraitRow(values);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof TraitRow that && values.equals(that.values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }
}
