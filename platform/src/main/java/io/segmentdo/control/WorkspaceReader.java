package io.segmentdo.control;

import io.segmentdo.config.ConfigException;
import io.segmentdo.config.ConfigLoader;
import io.segmentdo.config.ConfigProblem;
import io.segmentdo.config.Loaded;
import io.segmentdo.config.Origins;
import io.segmentdo.control.WorkspaceFile.ConnectionEntry;
import io.segmentdo.control.WorkspaceFile.DestinationEntry;
import io.segmentdo.control.WorkspaceFile.SourceEntry;
import io.segmentdo.control.WorkspaceFile.SubscriptionEntry;
import io.segmentdo.destination.ConfiguredDestination;
import io.segmentdo.destination.Connection;
import io.segmentdo.destination.Subscription;
import io.segmentdo.source.Source;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Reads workspace files into workspaces and finds what no single record can see: twice given ids and write keys, sources
 * that do not exist, triggers and settings that do not hold. Used once per reading, by one thread.
 */
final class WorkspaceReader {
    private final ConfigLoader loader;
    private final DestinationRules rules;
    private final List<ConfigProblem> problems = new ArrayList<>();
    private final Map<String, String> writeKeyOwners = new HashMap<>();

    WorkspaceReader(ConfigLoader loader, DestinationRules rules) {
        this.loader = loader;
        this.rules = rules;
    }

    /**
     * Reads the files after the built-in workspaces.
     *
     * @throws ConfigException with everything that is wrong with any of them
     */
    List<Workspace> read(List<Workspace> builtIn, List<Path> files) {
        List<Workspace> workspaces = new ArrayList<>(builtIn);
        Set<String> ids = new HashSet<>();
        for (Workspace workspace : builtIn) {
            ids.add(workspace.id());
            workspace
                    .sources()
                    .forEach(source -> source.writeKeys()
                            .forEach(key -> writeKeyOwners.put(key, "the built-in workspace " + workspace.id())));
        }
        for (Path file : files) {
            String id = id(file);
            if (!id.matches(WorkspaceFile.ID)) {
                problems.add(ConfigProblem.unexpected(
                        file.toString(), "", id, "a file name of " + WorkspaceFile.ID_EXPECTED));
            } else if (!ids.add(id)) {
                problems.add(new ConfigProblem(file.toString(), "", "the workspace " + id + " exists already"));
            }
            read(id, file).ifPresent(workspaces::add);
        }
        if (!problems.isEmpty()) {
            throw new ConfigException(problems);
        }
        return List.copyOf(workspaces);
    }

    private Optional<Workspace> read(String id, Path file) {
        try {
            return Optional.of(workspace(id, loader.read(WorkspaceFile.class, file)));
        } catch (ConfigException e) {
            problems.addAll(e.problems());
            return Optional.empty();
        }
    }

    private Workspace workspace(String id, Loaded<WorkspaceFile> loaded) {
        WorkspaceFile file = loaded.value();
        Origins origins = loaded.origins();
        refuseRepeated(origins, "sources", file.sources(), SourceEntry::id);
        refuseRepeated(origins, "destinations", file.destinations(), DestinationEntry::id);
        Set<String> sourceIds = file.sources().stream().map(SourceEntry::id).collect(Collectors.toSet());
        List<Source> sources = new ArrayList<>();
        for (int i = 0; i < file.sources().size(); i++) {
            sources.add(source(id, file.sources().get(i), "sources[" + i + "]", origins));
        }
        List<ConfiguredDestination> destinations = new ArrayList<>();
        for (int i = 0; i < file.destinations().size(); i++) {
            String path = "destinations[" + i + "]";
            destinations.add(destination(id, file.destinations().get(i), path, sourceIds, origins));
        }
        return new Workspace(
                id, file.name().orElse(id), sources, destinations, file.identity(), shown(id, file, origins));
    }

    private Source source(String workspace, SourceEntry entry, String path, Origins origins) {
        for (int i = 0; i < entry.writeKeys().size(); i++) {
            String where = origins.where(path + ".write-keys[" + i + "]");
            String owner = writeKeyOwners.putIfAbsent(entry.writeKeys().get(i), where);
            if (owner != null) {
                problems.add(new ConfigProblem(
                        where, path + ".write-keys[" + i + "]", "is given twice (first at " + owner + ")"));
            }
        }
        return new Source(workspace, entry.id(), entry.kind(), entry.enabled(), entry.writeKeys());
    }

    private ConfiguredDestination destination(
            String workspace, DestinationEntry entry, String path, Set<String> sourceIds, Origins origins) {
        refuseRepeated(origins, path + ".connections", entry.connections(), ConnectionEntry::source);
        List<Connection> connections = new ArrayList<>();
        for (int i = 0; i < entry.connections().size(); i++) {
            ConnectionEntry connection = entry.connections().get(i);
            String at = path + ".connections[" + i + "]";
            if (!sourceIds.contains(connection.source()) && !connection.source().equals(Connection.PROFILES)) {
                problems.add(ConfigProblem.unexpected(
                        origins.where(at + ".source"),
                        at + ".source",
                        connection.source(),
                        sourceIds.isEmpty() ? "a source of this workspace" : "one of " + sorted(sourceIds)));
            }
            connections.add(new Connection(
                    connection.source(), connection.enabled(), subscriptions(entry.plugin(), connection, at, origins)));
        }
        ConfiguredDestination destination = new ConfiguredDestination(
                workspace, entry.id(), entry.plugin(), entry.enabled(), entry.ordered(), entry.settings(), connections);
        for (DestinationRules.SettingProblem problem : rules.problemsWith(destination)) {
            String at = path + ".settings" + (problem.path().isEmpty() ? "" : "." + problem.path());
            problems.add(new ConfigProblem(origins.where(at), at, problem.message()));
        }
        return destination;
    }

    private List<Subscription> subscriptions(String plugin, ConnectionEntry connection, String path, Origins origins) {
        List<Subscription> subscriptions = new ArrayList<>();
        for (SubscriptionEntry entry : connection.subscriptions()) {
            subscriptions.add(new Subscription(entry.trigger(), entry.action(), entry.mapping()));
        }
        if (subscriptions.isEmpty()) {
            subscriptions.add(Subscription.ALL);
        }
        for (int i = 0; i < subscriptions.size(); i++) {
            String at = path + (connection.subscriptions().isEmpty() ? "" : ".subscriptions[" + i + "]");
            rules.problemWith(plugin, subscriptions.get(i))
                    .ifPresent(message -> problems.add(new ConfigProblem(origins.where(at + ".trigger"), at, message)));
        }
        return subscriptions;
    }

    private <T> void refuseRepeated(Origins origins, String path, List<T> entries, Function<T, String> id) {
        Map<String, String> first = new HashMap<>();
        for (int i = 0; i < entries.size(); i++) {
            String at = path + "[" + i + "]";
            String where = origins.where(at);
            String earlier = first.putIfAbsent(id.apply(entries.get(i)), where);
            if (earlier != null) {
                problems.add(new ConfigProblem(
                        where, at, id.apply(entries.get(i)) + " is given twice (first at " + earlier + ")"));
            }
        }
    }

    private Map<String, Object> shown(String id, WorkspaceFile file, Origins origins) {
        List<Object> sources = new ArrayList<>();
        file.sources()
                .forEach(source -> sources.add(fields(
                        "id", source.id(),
                        "name", source.name().orElse(source.id()),
                        "kind", source.kind().name().toLowerCase(Locale.ROOT),
                        "enabled", source.enabled(),
                        "writeKeys", source.writeKeys())));
        List<Object> destinations = new ArrayList<>();
        for (int i = 0; i < file.destinations().size(); i++) {
            DestinationEntry entry = file.destinations().get(i);
            String at = "destinations[" + i + "].settings";
            destinations.add(fields(
                    "id", entry.id(),
                    "name", entry.name().orElse(entry.id()),
                    "plugin", entry.plugin(),
                    "enabled", entry.enabled(),
                    "ordered", entry.ordered(),
                    "settings", shownSettings(entry.plugin(), entry.settings(), at, origins),
                    "sources",
                            entry.connections().stream()
                                    .map(ConnectionEntry::source)
                                    .toList()));
        }
        return fields("id", id, "name", file.name().orElse(id), "sources", sources, "destinations", destinations);
    }

    /** Settings of the first level as they are, unless they are secret or hold something that came by reference. */
    private Map<String, Object> shownSettings(
            String plugin, Map<String, Object> settings, String path, Origins origins) {
        Map<String, Object> shown = new LinkedHashMap<>();
        settings.forEach((key, value) -> {
            Optional<String> reference = origins.reference(path + "." + key);
            boolean plain = value instanceof Number || value instanceof Boolean || value instanceof String;
            shown.put(
                    key,
                    reference.isPresent() ? reference.get() : plain && !rules.isSecret(plugin, key) ? value : "***");
        });
        return shown;
    }

    private static Map<String, Object> fields(Object... keysAndValues) {
        Map<String, Object> fields = new LinkedHashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            fields.put(keysAndValues[i].toString(), keysAndValues[i + 1]);
        }
        return fields;
    }

    private static String sorted(Set<String> ids) {
        return ids.stream().sorted().collect(Collectors.joining(", "));
    }

    private static String id(Path file) {
        String name = String.valueOf(file.getFileName());
        return name.substring(0, name.lastIndexOf('.'));
    }
}
