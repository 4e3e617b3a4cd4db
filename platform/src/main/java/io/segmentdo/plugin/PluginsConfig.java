package io.segmentdo.plugin;

import static io.segmentdo.config.Checks.check;

import io.segmentdo.config.Doc;
import java.time.Duration;
import java.util.List;

/**
 * Where plugins come from.
 *
 * <p>Immutable.
 */
public record PluginsConfig(
        @Doc("The folders whose JAR and YAML files are plugins; one that does not exist is looked for again.")
        List<String> folders,

        @Doc("How often the folders are looked at for new, changed and removed files, 10 ms or more.")
        Duration pollInterval,

        @Doc("How long a plugin may take to say what it is, 10 ms or more.")
        Duration loadTimeout) {
    public static final PluginsConfig DEFAULT =
            new PluginsConfig(List.of("plugins"), Duration.ofSeconds(1), Duration.ofSeconds(10));

    public PluginsConfig {
        folders = List.copyOf(folders);
        check(pollInterval.toMillis() >= 10, "poll-interval", pollInterval, ">= 10 ms");
        check(loadTimeout.toMillis() >= 10, "load-timeout", loadTimeout, ">= 10 ms");
    }

    /** The same for other folders. */
    public PluginsConfig in(List<String> otherFolders) {
        return new PluginsConfig(otherFolders, pollInterval, loadTimeout);
    }
}
