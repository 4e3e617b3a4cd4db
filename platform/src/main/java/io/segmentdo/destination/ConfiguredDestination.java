package io.segmentdo.destination;

import java.util.List;
import java.util.Map;

/**
 * One place that events are delivered to: a plugin together with the settings that someone gave it.
 *
 * <p>Immutable.
 *
 * @param workspace the workspace it belongs to
 * @param id its id, unique within the workspace
 * @param plugin the id of the destination plugin, e.g. {@code webhook}
 * @param enabled whether it delivers; a disabled one keeps its place in the outbox
 * @param ordered whether the events of one user are delivered one after another
 * @param settings the plugin's settings as configured, secrets already resolved
 * @param connections the sources that feed it
 */
public record ConfiguredDestination(
        String workspace,
        String id,
        String plugin,
        boolean enabled,
        boolean ordered,
        Map<String, Object> settings,
        List<Connection> connections) {
    public ConfiguredDestination {
        settings = Map.copyOf(settings);
        connections = List.copyOf(connections);
    }

    /** Names the destination in metrics, logs and stored cursors: {@code <workspace>/<id>}. */
    public String key() {
        return workspace + "/" + id;
    }

    /** Without the settings, which may hold secrets. */
    @Override
    public String toString() {
        return "ConfiguredDestination[" + key() + ", plugin=" + plugin + "]";
    }
}
