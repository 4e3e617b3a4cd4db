package io.segmentdo.rocks;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The newest entries of a log, by position, so that readers who keep up need neither disk nor decoding.
 *
 * <p>Positions are without gaps; adding one that does not follow the last starts anew. The oldest go when the bytes exceed
 * the limit. Safe for concurrent use.
 *
 * @param <T> an immutable entry
 */
public final class Recent<T> {
    private static final int FIRST_CAPACITY = 64;

    private record Sized<T>(T entry, long bytes) {}

    private final long maxBytes;
    private @Nullable Sized<T>[] ring = newRing(FIRST_CAPACITY);
    private long first;
    private long end;
    private long bytes;

    /** Keeps about so many bytes; with 0 nothing. */
    public Recent(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** Adds an entry behind the last one. */
    public synchronized void add(long position, T entry, long entryBytes) {
        if (position != end) {
            clear();
            first = position;
            end = position;
        }
        if (end - first == ring.length) {
            grow();
        }
        ring[slot(end)] = new Sized<>(entry, entryBytes);
        end++;
        bytes += entryBytes;
        while (bytes > maxBytes) {
            dropFirst();
        }
    }

    /** Forgets everything below a position. */
    public synchronized void dropBelow(long position) {
        while (first < end && first < position) {
            dropFirst();
        }
    }

    /** Forgets everything from a position on. */
    public synchronized void dropFrom(long position) {
        while (first < end && end > position) {
            end--;
            bytes -= take(slot(end)).bytes();
        }
    }

    /** Forgets everything. */
    public synchronized void clear() {
        dropFrom(Long.MIN_VALUE);
    }

    /** The entry at a position, or null when it is not held. */
    public synchronized @Nullable T find(long position) {
        if (position < first || position >= end) {
            return null;
        }
        return held(position).entry();
    }

    /**
     * Entries in their order from a position up to, not including, an end; none when the first of them is not held.
     *
     * @param maxEntryBytes where to stop; at least one entry is returned all the same
     */
    public synchronized List<T> read(long from, long upTo, int maxEntries, long maxEntryBytes) {
        if (from < first || from >= Math.min(end, upTo) || maxEntries <= 0) {
            return List.of();
        }
        long last = Math.min(Math.min(end, upTo), from + maxEntries);
        List<T> entries = new ArrayList<>((int) (last - from));
        long size = 0;
        for (long position = from; position < last; position++) {
            Sized<T> held = held(position);
            size += held.bytes();
            if (size > maxEntryBytes && !entries.isEmpty()) {
                break;
            }
            entries.add(held.entry());
        }
        return entries;
    }

    private void dropFirst() {
        bytes -= take(slot(first)).bytes();
        first++;
    }

    private Sized<T> held(long position) {
        Sized<T> held = ring[slot(position)];
        if (held == null) {
            throw new IllegalStateException("no entry at " + position + " of " + first + " to " + end);
        }
        return held;
    }

    private Sized<T> take(int slot) {
        Sized<T> taken = ring[slot];
        if (taken == null) {
            throw new IllegalStateException("no entry in slot " + slot);
        }
        ring[slot] = null;
        return taken;
    }

    private int slot(long position) {
        return (int) (position & (ring.length - 1));
    }

    private void grow() {
        @Nullable Sized<T>[] larger = newRing(ring.length * 2);
        for (long position = first; position < end; position++) {
            larger[(int) (position & (larger.length - 1))] = ring[slot(position)];
        }
        ring = larger;
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // an array of a generic type cannot be made otherwise
    private static <T> @Nullable Sized<T>[] newRing(int capacity) {
        return new Sized[capacity];
    }
}
