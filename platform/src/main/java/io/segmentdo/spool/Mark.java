package io.segmentdo.spool;

/**
 * A place between two records, with what was ever spooled before it; the difference of two marks is what lies between.
 *
 * <p>Immutable.
 *
 * @param position the position of the record behind the mark
 * @param bytes the bytes of all records before it
 * @param events the events of all records before it
 */
record Mark(long position, long bytes, long events) {
    static final Mark START = new Mark(1, 0, 0);

    Mark plus(long recordBytes, int recordEvents) {
        return new Mark(position + 1, bytes + recordBytes, events + recordEvents);
    }
}
