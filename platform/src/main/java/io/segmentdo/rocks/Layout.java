package io.segmentdo.rocks;

import io.segmentdo.temporary.TemporaryDirectory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.rocksdb.AbstractImmutableNativeReference;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.DBOptions;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.NativeLibraryLoader;
import org.rocksdb.RocksDB;
import org.rocksdb.WALRecoveryMode;

/**
 * The options of a database and its column families, the default one first.
 *
 * <p>RocksDB refers to the native objects behind options, caches and filters, so they are kept here until the database
 * closes. Confined to the thread that fills it, until a {@link Database} is opened with it.
 */
public final class Layout implements AutoCloseable {
    static {
        // Left alone it unpacks itself into a file that is removed when the process ends, which one that is killed
        // never does.
        try (TemporaryDirectory directory = new TemporaryDirectory("rocksdb")) {
            NativeLibraryLoader.getInstance().loadLibrary(directory.path().toString());
        } catch (IOException e) {
            throw new UncheckedIOException("RocksDB cannot be loaded", e);
        }
        RocksDB.loadLibrary(); // which finds it loaded
    }

    private static final long RECYCLED_LOGS = 2;

    private final List<ColumnFamilyDescriptor> families = new ArrayList<>();
    private final List<AbstractImmutableNativeReference> kept = new ArrayList<>();
    private final DBOptions options = keep(new DBOptions()
            .setCreateIfMissing(true)
            .setCreateMissingColumnFamilies(true)
            // A log torn by a power failure ends at its last whole record, which is behind everything that was synced.
            .setWalRecoveryMode(WALRecoveryMode.PointInTimeRecovery)
            // A log that is written over has its size and its blocks already, so that a sync need not write the file
            // system's journal.
            .setRecycleLogFileNum(RECYCLED_LOGS)
            .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
            .setMaxLogFileSize(1 << 20)
            .setKeepLogFileNum(3)
            .setStatsDumpPeriodSec(0)
            .setStatsPersistPeriodSec(0));

    /** The options of the whole database, to be completed by the caller. */
    public DBOptions options() {
        return options;
    }

    /** Adds a column family and returns its options, to be completed by the caller. */
    public ColumnFamilyOptions addFamily(byte[] name) {
        ColumnFamilyOptions family = keep(new ColumnFamilyOptions());
        families.add(new ColumnFamilyDescriptor(name, family));
        return family;
    }

    /** Keeps a native object as long as the database is open. */
    public <T extends AbstractImmutableNativeReference> T keep(T reference) {
        kept.add(reference);
        return reference;
    }

    List<ColumnFamilyDescriptor> families() {
        return families;
    }

    @Override
    public void close() {
        kept.reversed().forEach(AbstractImmutableNativeReference::close);
        kept.clear();
    }
}
