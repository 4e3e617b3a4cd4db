package io.segmentdo.rocks;

import io.segmentdo.problem.PlatformException;
import io.segmentdo.problem.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.StampedLock;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One RocksDB database in one directory.
 *
 * <p>A write that the disk refuses leaves RocksDB in a state in which nothing can be known about its log, so from then on
 * every write fails, reads go on, and {@link #heal} closes and opens the database: recovery reads back what is on the disk,
 * which holds everything that was ever synced. All failures are {@link PlatformException}s with
 * {@link Problem#STORAGE_FAILED}. Safe for concurrent use; everything blocks.
 */
public final class Database implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Database.class);
    private static final long HEAL_EVERY_NANOS = 250_000_000L;
    private static final long HEAL_SPARE_BYTES = 1 << 20;

    /** Something to do with the open database; handles and iterators must not outlive the call. */
    @FunctionalInterface
    public interface Use<T extends @Nullable Object> {
        /** Families are in the order of the {@link Layout}. */
        T apply(RocksDB database, List<ColumnFamilyHandle> families) throws RocksDBException;
    }

    /** Fills a batch; called once, on the thread that writes. */
    @FunctionalInterface
    public interface Fill {
        /** Families are in the order of the {@link Layout}. */
        void into(WriteBatch batch, List<ColumnFamilyHandle> families) throws RocksDBException;
    }

    private final Path directory;
    private final Layout layout;
    private final StampedLock use = new StampedLock();

    // under the lock
    private @Nullable RocksDB database;
    private List<ColumnFamilyHandle> families = List.of();
    private boolean closed;

    // any thread
    private volatile @Nullable PlatformException failure;
    private volatile long healedAtNanos;

    private Database(Path directory, Layout layout) {
        this.directory = directory;
        this.layout = layout;
    }

    /** Opens the database, or makes it; the layout is closed with it. */
    public static Database open(Path directory, Layout layout) {
        Database database = new Database(directory, layout);
        try {
            Files.createDirectories(directory);
            database.openFiles();
            return database;
        } catch (IOException e) {
            layout.close();
            throw new PlatformException(Problem.STORAGE_FAILED, "cannot make the directory " + directory, e);
        } catch (RocksDBException e) {
            layout.close();
            throw database.failed("cannot be opened", e);
        }
    }

    /** Reads from the database. */
    public <T extends @Nullable Object> T read(Use<T> reader) {
        long stamp = use.readLock();
        try {
            return reader.apply(opened(), families);
        } catch (RocksDBException e) {
            throw failed("cannot be read", e);
        } finally {
            use.unlockRead(stamp);
        }
    }

    /** Writes one batch, atomically; after a failure it is not known whether the batch will be there. */
    public void write(WriteOptions options, Fill fill) {
        PlatformException former = failure;
        if (former != null && !heal()) {
            throw new PlatformException(former.problem(), former.getMessage() + " (not healed yet)", former);
        }
        long stamp = use.readLock();
        try (WriteBatch batch = new WriteBatch()) {
            RocksDB open = opened();
            fill.into(batch, families);
            open.write(options, batch);
        } catch (RocksDBException e) {
            PlatformException failed = failed("cannot be written", e);
            if (failure == null) {
                failure = failed;
                healedAtNanos = System.nanoTime();
                log.atError().addKeyValue("directory", directory).setCause(e).log("Database cannot be written");
            }
            throw failed;
        } finally {
            use.unlockRead(stamp);
        }
    }

    /** Whether writes are refused until {@link #heal} has succeeded. */
    public boolean isFailed() {
        return failure != null;
    }

    /**
     * Opens a failed database again, a few times a second at most, and only when the disk has room for its recovery.
     *
     * @return whether it can be written now
     */
    public boolean heal() {
        if (failure == null) {
            return true;
        }
        long stamp = use.writeLock();
        try {
            if (failure == null) {
                return true;
            }
            if (closed || System.nanoTime() - healedAtNanos < HEAL_EVERY_NANOS || freeBytes() < bytesToRecover()) {
                return false;
            }
            closeFiles();
            openFiles();
            failure = null;
            log.atWarn().addKeyValue("directory", directory).log("Database opened again after a failure");
            return true;
        } catch (RocksDBException e) {
            log.atWarn().addKeyValue("directory", directory).setCause(e).log("Database cannot be opened again yet");
            return false;
        } finally {
            healedAtNanos = System.nanoTime();
            use.unlockWrite(stamp);
        }
    }

    /** What the disk has left for this process, in bytes. */
    public long freeBytes() {
        try {
            return Files.getFileStore(directory).getUsableSpace();
        } catch (IOException e) {
            throw new PlatformException(Problem.STORAGE_FAILED, "no free space known for " + directory, e);
        }
    }

    /** Waits for running calls, then closes; later calls fail. */
    @Override
    public void close() {
        long stamp = use.writeLock();
        try {
            if (!closed) {
                closed = true;
                closeFiles();
                layout.close();
            }
        } finally {
            use.unlockWrite(stamp);
        }
    }

    private void openFiles() throws RocksDBException {
        List<ColumnFamilyHandle> opened = new ArrayList<>();
        database = RocksDB.open(layout.options(), directory.toString(), layout.families(), opened);
        families = List.copyOf(opened);
    }

    private void closeFiles() {
        families.forEach(ColumnFamilyHandle::close);
        families = List.of();
        if (database != null) {
            database.close();
            database = null;
        }
    }

    private RocksDB opened() {
        if (database == null) {
            throw new PlatformException(
                    Problem.STORAGE_FAILED, "database " + directory + (closed ? " is closed" : " is not open"));
        }
        return database;
    }

    /** Recovery turns the write-ahead logs into tables before it removes them. */
    private long bytesToRecover() {
        try (Stream<Path> files = Files.list(directory)) {
            return HEAL_SPARE_BYTES
                    + files.filter(file -> file.toString().endsWith(".log"))
                            .mapToLong(file -> file.toFile().length())
                            .sum();
        } catch (IOException e) {
            throw new PlatformException(Problem.STORAGE_FAILED, "cannot list " + directory, e);
        }
    }

    private PlatformException failed(String what, RocksDBException cause) {
        Status status = cause.getStatus();
        String reason = String.valueOf(cause.getMessage());
        if (status != null && reason.contains("lock")) {
            reason = "another process uses it (" + reason + ")";
        }
        return new PlatformException(
                Problem.STORAGE_FAILED, "database " + directory + " " + what + ": " + reason, cause);
    }
}
