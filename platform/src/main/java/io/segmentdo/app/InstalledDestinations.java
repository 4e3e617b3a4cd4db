package io.segmentdo.app;

import io.segmentdo.api.Action;
import io.segmentdo.api.Descriptor;
import io.segmentdo.api.Setting;
import io.segmentdo.api.Settings;
import io.segmentdo.api.SettingsException;
import io.segmentdo.collect.CloudDestinations;
import io.segmentdo.control.DestinationRules;
import io.segmentdo.control.Workspace;
import io.segmentdo.destination.Catalogue;
import io.segmentdo.destination.ConfiguredDestination;
import io.segmentdo.destination.Subscription;
import io.segmentdo.mapping.Fql;
import io.segmentdo.mapping.InvalidFqlException;
import io.segmentdo.mapping.InvalidMappingException;
import io.segmentdo.mapping.Mapping;
import io.segmentdo.source.Source;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** What the installed plugins say about configured destinations. Safe for concurrent use. */
final class InstalledDestinations implements DestinationRules, CloudDestinations {
    private final Catalogue catalogue;
    private volatile List<Workspace> workspaces = List.of();

    InstalledDestinations(Catalogue catalogue) {
        this.catalogue = catalogue;
    }

    /** From now on these are in force. */
    void inForce(List<Workspace> current) {
        workspaces = List.copyOf(current);
    }

    @Override
    public Optional<String> problemWith(String plugin, Subscription subscription) {
        try {
            Fql.compile(subscription.trigger());
            Mapping.compile(subscription.mapping());
        } catch (InvalidFqlException | InvalidMappingException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
        return descriptor(plugin)
                .filter(descriptor -> !hasUseFor(descriptor, subscription))
                .map(descriptor -> "action: " + subscription.action() + " (expected: one of "
                        + descriptor.actions().stream().map(Action::id).collect(Collectors.joining(", ")) + ")");
    }

    private static boolean hasUseFor(Descriptor descriptor, Subscription subscription) {
        return descriptor.actions().isEmpty()
                || descriptor.findAction(subscription.action()).isPresent()
                || (subscription.equals(Subscription.ALL)
                        && !descriptor.proposals().isEmpty());
    }

    @Override
    public List<SettingProblem> problemsWith(ConfiguredDestination destination) {
        Optional<Descriptor> descriptor = descriptor(destination.plugin());
        if (descriptor.isEmpty()) {
            return List.of();
        }
        try {
            Settings.of(descriptor.get(), destination.settings());
            return List.of();
        } catch (SettingsException e) {
            return e.problems().stream()
                    .map(problem -> new SettingProblem("", problem))
                    .toList();
        }
    }

    @Override
    public boolean isSecret(String plugin, String setting) {
        return descriptor(plugin)
                .flatMap(descriptor -> descriptor.findSetting(setting))
                .map(Setting::isSecret)
                .orElse(true);
    }

    /** The names by which events switch the destinations of a source on and off. */
    @Override
    public List<String> of(Source source) {
        return workspaces.stream()
                .filter(workspace -> workspace.id().equals(source.workspace()))
                .flatMap(workspace -> workspace.destinations().stream())
                .filter(destination -> feeds(source, destination))
                .flatMap(destination -> descriptor(destination.plugin()).stream())
                .map(Descriptor::name)
                .distinct()
                .toList();
    }

    private static boolean feeds(Source source, ConfiguredDestination destination) {
        return destination.enabled()
                && destination.connections().stream()
                        .anyMatch(connection ->
                                connection.enabled() && connection.source().equals(source.id()));
    }

    private Optional<Descriptor> descriptor(String plugin) {
        return catalogue.descriptors().stream()
                .filter(descriptor -> descriptor.id().equals(plugin))
                .findFirst();
    }
}
