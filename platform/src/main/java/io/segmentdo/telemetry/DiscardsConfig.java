package io.segmentdo.telemetry;

import static io.segmentdo.config.Checks.check;

import io.segmentdo.config.ByteSize;
import io.segmentdo.config.Doc;

/**
 * How much is remembered of what was discarded.
 *
 * <p>Immutable.
 */
public record DiscardsConfig(
        @Doc("Samples kept for each pair of source and reason; the newest push out the oldest; 0 to 1000.")
        int samplesMax,

        @Doc("Bytes of a discarded payload that a sample keeps; at most 64KiB.")
        ByteSize excerptBytesMax,

        @Doc(
                "Pairs of source and reason that are told apart; the discards of further ones count as source `other`; 1 to 100000.")
        int kindsMax) {
    public static final DiscardsConfig DEFAULT = new DiscardsConfig(10, ByteSize.kibibytes(2), 1000);

    public DiscardsConfig {
        check(samplesMax >= 0 && samplesMax <= 1000, "samples-max", samplesMax, "0 to 1000");
        check(excerptBytesMax.bytes() <= 65_536, "excerpt-bytes-max", excerptBytesMax, "at most 64KiB");
        check(kindsMax >= 1 && kindsMax <= 100_000, "kinds-max", kindsMax, "1 to 100000");
    }
}
