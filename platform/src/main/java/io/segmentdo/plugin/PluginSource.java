package io.segmentdo.plugin;

import io.segmentdo.api.Destination;
import java.util.List;

/** What was loaded from a plugin file, until it is unloaded. */
interface PluginSource {
    /** What it brings, at least one. */
    List<Destination> destinations();

    /** Gives back what it holds. */
    void unload();
}
