package io.segmentdo.cluster;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The partitions that came and went until a node had what it should have, logged as one line instead of one for each.
 * Confined to the thread of its claims.
 */
final class Wave {
    private static final Logger log = LoggerFactory.getLogger(Wave.class);
    private static final long LONG_NANOS = Duration.ofSeconds(5).toNanos();

    private int taken;
    private int givenUp;
    private int lost;
    private long ownerlessMillisMax;
    private long sinceNanos;

    void taken(int partitions) {
        begin();
        taken += partitions;
    }

    /** One that was taken came from its former owner, after so long without one. */
    void handedOver(int partition, long ownerlessMillis) {
        ownerlessMillisMax = Math.max(ownerlessMillisMax, ownerlessMillis);
        log.atDebug()
                .addKeyValue("partition", partition)
                .addKeyValue("ownerlessMillis", ownerlessMillis)
                .log("A partition was handed over to this member");
    }

    void givenUp(int partition) {
        begin();
        givenUp++;
        log.atDebug().addKeyValue("partition", partition).log("A partition was given up");
    }

    void lost(int partitions) {
        begin();
        lost += partitions;
    }

    private void begin() {
        if (isEmpty()) {
            sinceNanos = System.nanoTime();
        }
    }

    private boolean isEmpty() {
        return taken + givenUp + lost == 0;
    }

    /** A round is over; the wave ends with the last one, and what has moved is told when that does not come for long. */
    void endRound(boolean isLast, int owned) {
        long nanos = System.nanoTime() - sinceNanos;
        if (isEmpty() || (!isLast && nanos < LONG_NANOS)) {
            return;
        }
        log.atInfo()
                .addKeyValue("taken", taken)
                .addKeyValue("givenUp", givenUp)
                .addKeyValue("lost", lost)
                .addKeyValue("owned", owned)
                .addKeyValue("ownerlessMillisMax", ownerlessMillisMax)
                .addKeyValue("millis", nanos / 1_000_000)
                .log("Partitions have moved");
        taken = 0;
        givenUp = 0;
        lost = 0;
        ownerlessMillisMax = 0;
    }
}
