package io.segmentdo.app.cli;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The end of the process: SIGTERM and SIGINT are passed on to whoever waits, and the process ends when that has finished
 * or its time is over. Safe for concurrent use.
 */
final class Stop implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Stop.class);

    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch finished = new CountDownLatch(1);

    Stop(Duration patience) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> end(patience), "segmentdo-stop"));
    }

    /** Returns when the process was asked to end. */
    void await() throws InterruptedException {
        asked.await();
    }

    /** Everything has been stopped. */
    @Override
    public void close() {
        finished.countDown();
    }

    private void end(Duration patience) {
        asked.countDown();
        try {
            if (!finished.await(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                log.atError().log("The node did not stop in time and was ended");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
