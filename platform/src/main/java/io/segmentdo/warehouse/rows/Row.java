package io.segmentdo.warehouse.rows;

import java.util.Arrays;
import org.apache.iceberg.StructLike;
import org.jspecify.annotations.Nullable;

/** One row by the places of its columns; places that were never set are null. Confined to its owner's thread. */
public final class Row implements StructLike {
    private @Nullable Object[] values;

    /** With so many places, all null; it grows when more are set. */
    public Row(int size) {
        values = new Object[size];
    }

    /** Sets all places to null. */
    public void clear() {
        Arrays.fill(values, null);
    }

    @Override
    public int size() {
        return values.length;
    }

    @Override
    @SuppressWarnings("NullAway") // a column without a value is null
    public <T> T get(int place, Class<T> type) {
        return place < values.length ? type.cast(values[place]) : null;
    }

    @Override
    public <T> void set(int place, @Nullable T value) {
        if (place >= values.length) {
            values = Arrays.copyOf(values, Math.max(place + 1, values.length + values.length / 2));
        }
        values[place] = value;
    }
}
