package io.segmentdo.warehouse.table;

import io.segmentdo.problem.PlatformException;
import io.segmentdo.problem.Problem;
import io.segmentdo.temporary.TemporaryDirectory;
import java.util.concurrent.Callable;
import org.sqlite.SQLiteJDBCLoader;
import org.xerial.snappy.Snappy;

/**
 * The native libraries below Iceberg. Left alone, each unpacks itself with its first use into a file that is removed when
 * the process ends, which one that is killed never does. Safe for concurrent use.
 */
final class NativeLibraries {
    private NativeLibraries() {}

    /** Loads what a catalog in a file needs, unless it is there already. */
    static void loadSqlite() {
        load("org.sqlite.tmpdir", SQLiteJDBCLoader::initialize);
    }

    /** Loads what Avro needs to know its codecs, though no file of ours is compressed with it. */
    static void loadSnappy() {
        load("org.xerial.snappy.tempdir", Snappy::getNativeLibraryVersion);
    }

    private static synchronized void load(String whereToUnpack, Callable<?> library) {
        try (TemporaryDirectory directory = new TemporaryDirectory("warehouse")) {
            System.setProperty(whereToUnpack, directory.path().toString());
            library.call();
        } catch (Exception e) {
            throw new PlatformException(
                    Problem.STORAGE_FAILED, "A library of the warehouse cannot be loaded: " + e.getMessage(), e);
        }
    }
}
