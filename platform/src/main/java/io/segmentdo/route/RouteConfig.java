package io.segmentdo.route;

import static io.segmentdo.config.Checks.check;

import io.segmentdo.config.ByteSize;
import io.segmentdo.config.Doc;
import java.time.Duration;

/**
 * How events travel from the spool to the identity lanes.
 *
 * <p>Immutable.
 */
public record RouteConfig(
        @Doc(
                "The most events sent to an identity lane at once, 1 to 100000. One batch per lane is under way at a time.")
        int batchEvents,

        @Doc("The most bytes of events sent to an identity lane at once; one event may be more.")
        ByteSize batchBytes,

        @Doc("The most events read from the spool that no owner has committed yet, at least batch-events.")
        int windowEvents,

        @Doc("The most memory for events read from the spool that no owner has committed yet.")
        ByteSize windowBytes,

        @Doc("How long an identity lane may take for a batch before it is sent again.")
        Duration answerTimeout,

        @Doc("The first pause before a refused batch is sent again; doubles up to retry-delay-max.")
        Duration retryDelay,

        @Doc("The longest pause before a refused batch is sent again.")
        Duration retryDelayMax) {
    public static final RouteConfig DEFAULT = new RouteConfig(
            1024,
            ByteSize.mebibytes(4),
            4096,
            ByteSize.mebibytes(16),
            Duration.ofSeconds(30),
            Duration.ofMillis(50),
            Duration.ofSeconds(5));

    public RouteConfig {
        check(batchEvents >= 1 && batchEvents <= 100_000, "batch-events", batchEvents, "1 to 100000");
        check(batchBytes.bytes() > 0, "batch-bytes", batchBytes, "> 0");
        check(windowEvents >= batchEvents, "window-events", windowEvents, ">= batch-events");
        check(windowBytes.bytes() > 0, "window-bytes", windowBytes, "> 0");
        check(answerTimeout.toMillis() >= 1, "answer-timeout", answerTimeout, ">= 1ms");
        check(retryDelay.toMillis() >= 1, "retry-delay", retryDelay, ">= 1ms");
        check(retryDelayMax.compareTo(retryDelay) >= 0, "retry-delay-max", retryDelayMax, ">= retry-delay");
    }
}
