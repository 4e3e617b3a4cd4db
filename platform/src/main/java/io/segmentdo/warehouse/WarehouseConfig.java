package io.segmentdo.warehouse;

import static io.segmentdo.config.Checks.check;

import io.segmentdo.config.ByteSize;
import io.segmentdo.config.Doc;
import io.segmentdo.warehouse.export.ExportConfig;
import io.segmentdo.warehouse.files.S3Config;
import io.segmentdo.warehouse.query.QueryConfig;
import io.segmentdo.warehouse.replay.ReplayConfig;
import io.segmentdo.warehouse.table.CatalogConfig;
import java.net.URI;
import java.time.Duration;

/**
 * How events get into the warehouse.
 *
 * <p>Immutable.
 */
public record WarehouseConfig(
        @Doc("Whether events are kept in the warehouse.") boolean enabled,

        @Doc(
                "Where the tables are: `s3://bucket/prefix` or `file:///directory`; empty for `warehouse` in the data directory.")
        URI location,

        @Doc(
                "How long events wait at most until they can be queried, 100ms to 1h; each commit makes files, which upkeep joins later.")
        Duration commitInterval,

        @Doc(
                "How long changes of users and groups wait at most until their tables are written anew, 100ms to 1h; longer when the tables are large.")
        Duration profilesInterval,

        @Doc("After so many bytes of events a commit is made before its time, 1MiB or more.")
        ByteSize commitBytes,

        @Doc(
                "How many columns properties and traits may become, per table; what comes later is in the JSON columns only. 0 to 2000.")
        int columnsMax,

        @Doc("How files are kept few and large.") UpkeepConfig upkeep,

        @Doc("Where it is written which state of a table is the current one.")
        CatalogConfig catalog,

        @Doc("The S3-compatible store of an `s3://` location.")
        S3Config s3,

        @Doc("SQL over the warehouse.") QueryConfig query,

        @Doc("Where exports may go and how many there are.") ExportConfig export,

        @Doc("How fast events of the past are delivered again.")
        ReplayConfig replay) {
    public static final WarehouseConfig DEFAULT = new WarehouseConfig(
            true,
            URI.create(""),
            Duration.ofSeconds(5),
            Duration.ofMinutes(1),
            ByteSize.mebibytes(32),
            500,
            UpkeepConfig.DEFAULT,
            CatalogConfig.DEFAULT,
            S3Config.DEFAULT,
            QueryConfig.DEFAULT,
            ExportConfig.DEFAULT,
            ReplayConfig.DEFAULT);

    public WarehouseConfig {
        String scheme = String.valueOf(location.getScheme());
        check(
                location.toString().isEmpty() || scheme.equals("s3") || scheme.equals("file"),
                "location",
                location,
                "s3://bucket/prefix, file:///directory or nothing");
        check(
                commitInterval.toMillis() >= 100 && commitInterval.compareTo(Duration.ofHours(1)) <= 0,
                "commit-interval",
                commitInterval,
                "100ms to 1h");
        check(
                profilesInterval.toMillis() >= 100 && profilesInterval.compareTo(Duration.ofHours(1)) <= 0,
                "profiles-interval",
                profilesInterval,
                "100ms to 1h");
        check(commitBytes.bytes() >= 1 << 20, "commit-bytes", commitBytes, ">= 1MiB");
        check(columnsMax >= 0 && columnsMax <= 2_000, "columns-max", columnsMax, "0 to 2000");
    }

    /** How files are kept few and large. */
    public record UpkeepConfig(
            @Doc("How often it is looked for work, 1s or more.")
            Duration interval,

            @Doc("How many small files of one day are joined, 2 or more.")
            int filesMin,

            @Doc("How large joined files become, 1MiB or more.")
            ByteSize fileSize,

            @Doc("How long replaced states of a table can be read, at least as long as the longest query.")
            Duration snapshotsKept,

            @Doc("After how long a file that no table refers to is removed; longer than the longest load. 10m or more.")
            Duration orphansAfter) {
        public static final UpkeepConfig DEFAULT = new UpkeepConfig(
                Duration.ofSeconds(30), 12, ByteSize.mebibytes(128), Duration.ofMinutes(15), Duration.ofHours(24));

        public UpkeepConfig {
            check(interval.toMillis() >= 1000, "interval", interval, ">= 1s");
            check(filesMin >= 2, "files-min", filesMin, ">= 2");
            check(fileSize.bytes() >= 1 << 20, "file-size", fileSize, ">= 1MiB");
            check(!snapshotsKept.isNegative(), "snapshots-kept", snapshotsKept, ">= 0s");
            check(orphansAfter.toMinutes() >= 10, "orphans-after", orphansAfter, ">= 10m");
        }
    }
}
