package io.segmentdo.app;

import io.segmentdo.store.Outbox;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Cuts the outbox back to its retention now and then, behind its slowest reader. */
final class OutboxUpkeep implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(OutboxUpkeep.class);
    private static final long PERIOD_SECONDS = 10;

    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("outbox-upkeep").daemon().factory());

    @SuppressWarnings("FutureReturnValueIgnored") // ends with its thread
    OutboxUpkeep(Outbox outbox, Outbox.Cursors cursors) {
        thread.scheduleWithFixedDelay(() -> retain(outbox, cursors), PERIOD_SECONDS, PERIOD_SECONDS, TimeUnit.SECONDS);
    }

    private static void retain(Outbox outbox, Outbox.Cursors cursors) {
        try {
            outbox.retain(cursors);
        } catch (RuntimeException e) {
            log.atError().setCause(e).log("The outbox could not be cut back, it is tried again");
        }
    }

    @Override
    public void close() {
        thread.close();
    }
}
