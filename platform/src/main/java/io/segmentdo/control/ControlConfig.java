package io.segmentdo.control;

import static io.segmentdo.config.Checks.check;

import io.segmentdo.config.Doc;
import java.time.Duration;

/**
 * How the control plane behaves.
 *
 * <p>Immutable.
 */
public record ControlConfig(
        @Doc("How often the workspaces are looked at for changes, 50ms to 1h; a change is taken when it has settled"
                + " for as long.")
        Duration reloadEvery,

        @Doc("Workspace files that are read, 1 to 100000; more are refused.")
        int workspacesMax,

        @Doc("Wrong tokens that one address may try in a minute before it has to wait, >= 1.")
        int guessesPerMinute,

        @Doc("Who may read `/metrics` without the owner token: `loopback`, everyone (`open`) or nobody (`token`).")
        MetricsAccess metricsAccess) {
    public static final ControlConfig DEFAULT =
            new ControlConfig(Duration.ofMillis(250), 10_000, 20, MetricsAccess.LOOPBACK);

    /** Who may read the metrics without the owner token. */
    public enum MetricsAccess {
        LOOPBACK,
        OPEN,
        TOKEN
    }

    public ControlConfig {
        check(
                reloadEvery.toMillis() >= 50 && reloadEvery.compareTo(Duration.ofHours(1)) <= 0,
                "reload-every",
                reloadEvery,
                "50ms to 1h");
        check(workspacesMax >= 1 && workspacesMax <= 100_000, "workspaces-max", workspacesMax, "1 to 100000");
        check(guessesPerMinute >= 1, "guesses-per-minute", guessesPerMinute, ">= 1");
    }
}
