package io.segmentdo.app;

import static io.segmentdo.config.Checks.check;

import io.segmentdo.config.Doc;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Where the node lives and how it ends.
 *
 * <p>Immutable.
 */
public record AppConfig(
        @Doc("Directory of everything that the node keeps; made when it is absent. `--data` of `segmentdo up`.")
        Path dataDirectory,

        @Doc(
                "Whether there is a demo workspace with a ready write key, delivering to the terminal; not with `--no-demo`.")
        boolean demo,

        @Doc("How long a stop may take before the process ends anyway, 1s to 10m.")
        Duration shutdownTimeout) {
    public static final AppConfig DEFAULT = new AppConfig(Path.of("data"), true, Duration.ofSeconds(20));

    public AppConfig {
        check(
                shutdownTimeout.toSeconds() >= 1 && shutdownTimeout.compareTo(Duration.ofMinutes(10)) <= 0,
                "shutdown-timeout",
                shutdownTimeout,
                "1s to 10m");
    }
}
