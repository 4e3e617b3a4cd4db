package io.segmentdo.store;

import static io.segmentdo.config.Checks.check;

import io.segmentdo.config.ByteSize;
import io.segmentdo.config.Doc;

/**
 * How the state of the identity partitions is kept.
 *
 * <p>Immutable.
 */
public record StoreConfig(
        @Doc(
                "Which engine keeps the state: `embedded`, files in the data directory of one node, or `postgres`, which members share.")
        Engine engine,

        @Doc("Number of identity partitions, 1 to 32768; fixed once the store has been made.")
        int partitions,

        @Doc("Memory for blocks read from disk, shared by everything in the embedded store; at least 8MiB.")
        ByteSize blockCache,

        @Doc(
                "Memory for changes that are not in tables yet, shared by everything in the embedded store; at least 8MiB.")
        ByteSize writeBuffers,

        @Doc("Files that the embedded store keeps open, 64 or more.")
        int maxOpenFiles,

        @Doc("The database of the engine `postgres`.") PostgresConfig postgres) {
    public static final StoreConfig DEFAULT = new StoreConfig(
            Engine.EMBEDDED, 64, ByteSize.mebibytes(128), ByteSize.mebibytes(64), 512, PostgresConfig.DEFAULT);

    /** The engines. */
    public enum Engine {
        EMBEDDED,
        POSTGRES
    }

    public StoreConfig {
        check(partitions >= 1 && partitions <= 32_768, "partitions", partitions, "1 to 32768");
        check(blockCache.bytes() >= 8 << 20, "block-cache", blockCache, ">= 8MiB");
        check(writeBuffers.bytes() >= 8 << 20, "write-buffers", writeBuffers, ">= 8MiB");
        check(maxOpenFiles >= 64, "max-open-files", maxOpenFiles, ">= 64");
    }

    /** The same with another number of partitions. */
    public StoreConfig withPartitions(int number) {
        return new StoreConfig(engine, number, blockCache, writeBuffers, maxOpenFiles, postgres);
    }

    /** The same on PostgreSQL. */
    public StoreConfig on(PostgresConfig database) {
        return new StoreConfig(Engine.POSTGRES, partitions, blockCache, writeBuffers, maxOpenFiles, database);
    }
}
