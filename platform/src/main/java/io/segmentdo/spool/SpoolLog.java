package io.segmentdo.spool;

import io.segmentdo.event.Event;
import io.segmentdo.event.EventCodec;
import io.segmentdo.event.FrameReader;
import io.segmentdo.event.FrameWriter;
import io.segmentdo.rocks.Database;
import io.segmentdo.rocks.Layout;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.CompressionType;
import org.rocksdb.LRUCache;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * The records of the spool on disk.
 *
 * <p>A key is a position in eight bytes; a value is a header (the {@link Mark} behind the record, when it was appended) and
 * the events of one request after the other. A family of its own holds the mark up to which records were released. Records are cut off by ranges in
 * large steps: a step that comes while its records are still in memory removes them before they were ever written to a
 * table, so that in a steady state a byte is written once, to the write-ahead log.
 *
 * <p>Written by one thread, read by any.
 */
final class SpoolLog implements AutoCloseable {
    /** One record as it was read or appended. */
    record Entry(SpoolRecord record, Mark end, long appendedAtMillis, int bytes) {}

    /** Position, bytes and events of a mark. */
    private static final int MARK_BYTES = 3 * Long.BYTES;

    private static final int HEADER_BYTES = MARK_BYTES + Long.BYTES;
    private static final byte[] RELEASED_KEY = {'r'};
    private static final byte[] RECORDS = {'r', 'e', 'c', 'o', 'r', 'd', 's'};
    private static final byte[] BEHIND_ALL = {(byte) 0xff};
    private static final int FIRST_VALUE_BYTES = 64 << 10;
    private static final long CACHE_BYTES = 4 << 20;
    private static final long DROP_FILES_BYTES = 64 << 20;

    private final Database database;
    private final long cutBytes;
    private final WriteOptions synced = new WriteOptions().setSync(true);
    private final WriteOptions relaxed = new WriteOptions();
    private final ReadOptions reading = new ReadOptions();

    // writer only
    private final ByteBuffer key = ByteBuffer.allocateDirect(Long.BYTES);
    private ByteBuffer value = ByteBuffer.allocateDirect(FIRST_VALUE_BYTES);
    private Mark cut = Mark.START;
    private Mark dropped = Mark.START;

    private SpoolLog(Database database, long cutBytes) {
        this.database = database;
        this.cutBytes = cutBytes;
    }

    static SpoolLog open(Path directory, SpoolConfig config) {
        long buffer = config.writeBuffer().bytes();
        return new SpoolLog(Database.open(directory, layout(buffer)), buffer / 8);
    }

    private static Layout layout(long bufferBytes) {
        Layout layout = new Layout();
        layout.options()
                .setMaxBackgroundJobs(2)
                .setMaxTotalWalSize(4 * bufferBytes)
                // One writer: the cheaper way into the memtable.
                .setAllowConcurrentMemtableWrite(false)
                .setBytesPerSync(1 << 20);
        layout.addFamily(RocksDB.DEFAULT_COLUMN_FAMILY).setWriteBufferSize(1 << 20);
        layout.addFamily(RECORDS)
                .setCompressionType(CompressionType.NO_COMPRESSION)
                .setWriteBufferSize(bufferBytes)
                .setMinWriteBufferNumberToMerge(2)
                .setMaxWriteBufferNumber(6)
                // A table leaves level 0 at once, from where none is ever removed unread. That is a move and no
                // writing,
                // since positions only grow.
                .setLevel0FileNumCompactionTrigger(1)
                .setTableFormatConfig(new BlockBasedTableConfig()
                        .setBlockSize(64 << 10)
                        .setBlockCache(layout.keep(new LRUCache(CACHE_BYTES)))
                        .setCacheIndexAndFilterBlocks(true));
        return layout;
    }

    /** Up to where records were released, as recovered from disk. */
    Mark recover() {
        cut = Mark.START;
        dropped = Mark.START;
        byte[] value =
                database.<byte @Nullable []>read((db, families) -> db.get(families.getFirst(), reading, RELEASED_KEY));
        return value == null ? Mark.START : readMark(new FrameReader(value));
    }

    /** What the next record follows, as recovered from disk. */
    Mark recoverEnd(Mark released) {
        Entry last = lastEntry();
        return last == null || last.end().position() < released.position() ? released : last.end();
    }

    /**
     * Adds a record, tells how far records were released, and returns when both are durable.
     *
     * @param requests the encoded events of each of its requests
     */
    void append(List<byte[]> requests, Entry entry, Mark released) {
        key.clear().putLong(entry.record().position()).flip();
        fillValue(requests, entry);
        database.write(synced, (batch, families) -> {
            batch.put(records(families), key, value);
            release(batch, families, released, cutBytes);
        });
    }

    private void fillValue(List<byte[]> requests, Entry entry) {
        int bytes = HEADER_BYTES + entry.bytes();
        if (bytes > value.capacity()) {
            value = ByteBuffer.allocateDirect(Math.max(bytes, 2 * value.capacity()));
        }
        Mark end = entry.end();
        value.clear()
                .putLong(end.position())
                .putLong(end.bytes())
                .putLong(end.events())
                .putLong(entry.appendedAtMillis());
        requests.forEach(value::put);
        value.flip();
    }

    /** Tells how far records were released, without waiting for the disk, and cuts all of them off. */
    void release(Mark released) {
        database.write(relaxed, (batch, families) -> release(batch, families, released, 0));
    }

    /** Whether released records wait to be cut off. */
    boolean isCutDue(Mark released) {
        return released.position() > cut.position();
    }

    /** A long backlog has become tables; those that were cut off as a whole are removed without being read. */
    void dropFiles() {
        if (cut.bytes() - dropped.bytes() >= DROP_FILES_BYTES) {
            dropAllFiles();
        }
    }

    /** Like {@link #dropFiles}, however little there is to gain. */
    void dropAllFiles() {
        // from the very first: a file that was being joined with others was not removed the last time
        List<byte[]> range = List.of(key(0), key(cut.position()));
        database.<@Nullable Void>read((db, families) -> {
            db.deleteFilesInRanges(records(families), range, false);
            return null;
        });
        dropped = cut;
    }

    /** The records from a position up to, not including, an end; at least one, when there is one. */
    List<Entry> read(long from, long end, int maxRecords, long maxBytes) {
        return database.read((db, families) -> {
            try (Slice bound = new Slice(key(end));
                    ReadOptions bounded = new ReadOptions().setIterateUpperBound(bound);
                    RocksIterator iterator = db.newIterator(records(families), bounded)) {
                List<Entry> entries = new ArrayList<>();
                long bytes = 0;
                for (iterator.seek(key(from)); iterator.isValid() && entries.size() < maxRecords; iterator.next()) {
                    byte[] value = iterator.value();
                    bytes += value.length;
                    if (bytes > maxBytes && !entries.isEmpty()) {
                        break;
                    }
                    entries.add(decode(value));
                }
                iterator.status();
                return entries;
            }
        });
    }

    /** The record at a position, or null. */
    @Nullable
    Entry find(long position) {
        byte[] value =
                database.<byte @Nullable []>read((db, families) -> db.get(records(families), reading, key(position)));
        return value == null ? null : decode(value);
    }

    long freeBytes() {
        return database.freeBytes();
    }

    boolean isFailed() {
        return database.isFailed();
    }

    /** Tries to open a failed log again; afterwards it ends where the disk says, see {@link #recoverEnd}. */
    boolean heal() {
        return database.heal();
    }

    @Override
    public void close() {
        database.close();
        synced.close();
        relaxed.close();
        reading.close();
    }

    private void release(WriteBatch batch, List<ColumnFamilyHandle> families, Mark released, long step)
            throws RocksDBException {
        batch.put(families.getFirst(), RELEASED_KEY, writeMark(released));
        if (released.position() == cut.position() || released.bytes() - cut.bytes() < step) {
            return;
        }
        batch.deleteRange(records(families), key(cut.position()), key(released.position()));
        cut = released;
    }

    private @Nullable Entry lastEntry() {
        return database.<@Nullable Entry>read((db, families) -> {
            try (Slice bound = new Slice(BEHIND_ALL);
                    ReadOptions bounded = new ReadOptions().setIterateUpperBound(bound);
                    RocksIterator iterator = db.newIterator(records(families), bounded)) {
                iterator.seekToLast();
                iterator.status();
                return iterator.isValid() ? decode(iterator.value()) : null;
            }
        });
    }

    private static Entry decode(byte[] value) {
        FrameReader frame = new FrameReader(value);
        Mark end = readMark(frame);
        long appendedAtMillis = frame.readLong();
        List<Event> events = new ArrayList<>();
        while (frame.remaining() > 0) {
            events.addAll(EventCodec.readAll(frame));
        }
        return new Entry(new SpoolRecord(end.position() - 1, events), end, appendedAtMillis, value.length);
    }

    private static byte[] writeMark(Mark mark) {
        return new FrameWriter(MARK_BYTES)
                .putLong(mark.position())
                .putLong(mark.bytes())
                .putLong(mark.events())
                .toBytes();
    }

    private static Mark readMark(FrameReader frame) {
        return new Mark(frame.readLong(), frame.readLong(), frame.readLong());
    }

    private static byte[] key(long position) {
        return new FrameWriter(Long.BYTES).putLong(position).toBytes();
    }

    private static ColumnFamilyHandle records(List<ColumnFamilyHandle> families) {
        return families.getLast();
    }
}
