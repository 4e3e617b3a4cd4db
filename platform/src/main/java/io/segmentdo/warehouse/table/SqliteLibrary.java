package io.segmentdo.warehouse.table;

import io.segmentdo.problem.PlatformException;
import io.segmentdo.problem.Problem;
import io.segmentdo.temporary.TemporaryDirectory;
import org.sqlite.SQLiteJDBCLoader;

/**
 * The native library of SQLite. Left alone it unpacks itself with the first connection, and removes that file when the
 * process ends, which one that is killed never does. Safe for concurrent use.
 */
final class SqliteLibrary {
    private SqliteLibrary() {}

    /** Loads it, unless it is there already. */
    static synchronized void load() {
        try (TemporaryDirectory directory = new TemporaryDirectory("sqlite")) {
            System.setProperty("org.sqlite.tmpdir", directory.path().toString());
            SQLiteJDBCLoader.initialize();
        } catch (Exception e) {
            throw new PlatformException(Problem.STORAGE_FAILED, "SQLite cannot be loaded: " + e.getMessage(), e);
        }
    }
}
