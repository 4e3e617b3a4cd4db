package io.segmentdo.control;

import io.segmentdo.destination.ConfiguredDestination;
import io.segmentdo.identity.IdentityRules;
import io.segmentdo.source.Source;
import java.util.List;
import java.util.Map;

/**
 * A unit of isolation: its sources, its destinations, and the rules by which its people are known.
 *
 * <p>Immutable.
 *
 * @param id unique on the platform
 * @param name for people
 * @param sources its senders
 * @param destinations its receivers
 * @param identity how its identifiers are linked
 * @param shown what the API tells about it: plain JSON values, without secrets
 */
public record Workspace(
        String id,
        String name,
        List<Source> sources,
        List<ConfiguredDestination> destinations,
        IdentityRules identity,
        Map<String, Object> shown) {
    public Workspace {
        sources = List.copyOf(sources);
        destinations = List.copyOf(destinations);
        shown = Map.copyOf(shown);
    }

    /** A workspace that comes with the program; its settings are not shown. */
    public static Workspace builtIn(
            String id, String name, List<Source> sources, List<ConfiguredDestination> destinations) {
        List<Map<String, Object>> shownSources = sources.stream()
                .map(source -> Map.<String, Object>of("id", source.id(), "enabled", source.enabled()))
                .toList();
        List<Map<String, Object>> shownDestinations = destinations.stream()
                .map(destination -> Map.<String, Object>of(
                        "id", destination.id(), "plugin", destination.plugin(), "enabled", destination.enabled()))
                .toList();
        Map<String, Object> shown =
                Map.of("id", id, "name", name, "sources", shownSources, "destinations", shownDestinations);
        return new Workspace(id, name, sources, destinations, IdentityRules.DEFAULT, shown);
    }

    /** Without settings and write keys. */
    @Override
    public String toString() {
        return "Workspace[" + id + "]";
    }
}
