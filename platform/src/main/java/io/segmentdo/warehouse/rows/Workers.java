package io.segmentdo.warehouse.rows;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.iceberg.SnapshotUpdate;
import org.apache.iceberg.util.ThreadPools;

/**
 * The threads that Iceberg reads and writes metadata with. Its own end as soon as the process is asked to, while the last
 * load still has to be committed. Safe for concurrent use.
 */
public final class Workers {
    /** Threads of the JVM, so nothing is to be closed. */
    static final ExecutorService THREADS = Executors.newVirtualThreadPerTaskExecutor();

    private Workers() {}

    /** Makes Iceberg's own threads known to the JVM, which it refuses once the process ends. */
    public static void prepare() {
        ThreadPools.getWorkerPool();
    }

    /** Lets a change of a table use these threads. */
    public static <T extends SnapshotUpdate<?>> T use(T update) {
        update.scanManifestsWith(THREADS);
        update.writeManifestsWith(THREADS, 1);
        return update;
    }
}
