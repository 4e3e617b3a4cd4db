package io.segmentdo.collect;

import static io.segmentdo.config.Checks.check;

import io.segmentdo.config.Doc;
import java.time.Duration;

/** How many events are taken per second before requests are answered with 429. Immutable. */
public record RateLimitConfig(
        @Doc("Events per second of all sources of a workspace together; 0 for no limit.")
        int workspaceEventsPerSecond,

        @Doc("Events per second of one source; 0 for no limit.")
        int sourceEventsPerSecond,

        @Doc("How much of a rate may come at once, between 100ms and 60s.")
        Duration burst) {

    public static final RateLimitConfig DEFAULT = new RateLimitConfig(0, 0, Duration.ofSeconds(2));

    public RateLimitConfig {
        check(workspaceEventsPerSecond >= 0, "workspace-events-per-second", workspaceEventsPerSecond, ">= 0");
        check(sourceEventsPerSecond >= 0, "source-events-per-second", sourceEventsPerSecond, ">= 0");
        check(burst.toMillis() >= 100 && burst.toSeconds() <= 60, "burst", burst, "100ms to 60s");
    }
}
