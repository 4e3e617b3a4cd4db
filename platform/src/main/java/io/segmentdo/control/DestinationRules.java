package io.segmentdo.control;

import io.segmentdo.destination.ConfiguredDestination;
import io.segmentdo.destination.Subscription;
import java.util.List;
import java.util.Optional;

/**
 * What only plugins and the mapping language know about a configured destination. Called whenever workspaces are read, on
 * the thread that reads them; implementations return what is wrong and do not throw.
 */
public interface DestinationRules {
    /**
     * Something that is wrong with a setting.
     *
     * @param path the path within the settings, e.g. {@code headers.X-Key}; empty for the settings as a whole
     * @param message value and expectation, without secrets
     */
    record SettingProblem(String path, String message) {}

    /** Takes everything and treats every text as secret; for tools that have no plugins at hand. */
    DestinationRules NONE = new DestinationRules() {
        @Override
        public Optional<String> problemWith(String plugin, Subscription subscription) {
            return Optional.empty();
        }

        @Override
        public List<SettingProblem> problemsWith(ConfiguredDestination destination) {
            return List.of();
        }

        @Override
        public boolean isSecret(String plugin, String setting) {
            return true;
        }
    };

    /** What is wrong with trigger and mapping of a subscription, and with its action where the plugin is installed. */
    Optional<String> problemWith(String plugin, Subscription subscription);

    /** What is wrong with the settings of a destination; nothing for a plugin that is not installed. */
    List<SettingProblem> problemsWith(ConfiguredDestination destination);

    /** Whether a setting is not to be shown; true for plugins that are not installed. */
    boolean isSecret(String plugin, String setting);
}
