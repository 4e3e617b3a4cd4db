package io.segmentdo.spool;

import static io.segmentdo.config.Checks.check;

import io.segmentdo.config.ByteSize;
import io.segmentdo.config.Doc;

/**
 * The bounds of the spool.
 *
 * <p>Immutable.
 */
public record SpoolConfig(
        @Doc(
                "Bytes of accepted events that may wait to be identified; beyond them requests are answered 503. At least 1MiB.")
        ByteSize maxBytes,

        @Doc("Bytes of requests that may wait for the disk; beyond them requests are answered 503. At least 64KiB.")
        ByteSize maxQueueBytes,

        @Doc(
                "Free space of the disk below which requests are answered 503, so that waiting events can still be identified.")
        ByteSize minFreeDisk,

        @Doc("Memory for the newest events, so that they are identified without being read back from disk.")
        ByteSize recentBytes,

        @Doc(
                "Memory for records that are not in tables yet, 1MiB to 1GiB; records that leave the spool soon never go further.")
        ByteSize writeBuffer) {
    public static final SpoolConfig DEFAULT = new SpoolConfig(
            ByteSize.gibibytes(4),
            ByteSize.mebibytes(64),
            ByteSize.mebibytes(512),
            ByteSize.mebibytes(4),
            ByteSize.mebibytes(16));

    public SpoolConfig {
        check(maxBytes.bytes() >= 1 << 20, "max-bytes", maxBytes, ">= 1MiB");
        check(maxQueueBytes.bytes() >= 64 << 10, "max-queue-bytes", maxQueueBytes, ">= 64KiB");
        check(
                writeBuffer.bytes() >= 1 << 20 && writeBuffer.bytes() <= 1 << 30,
                "write-buffer",
                writeBuffer,
                "1MiB to 1GiB");
    }
}
