package io.segmentdo.plugin;

import java.nio.file.Path;

/**
 * A plugin file that is not in use, and why.
 *
 * <p>Immutable.
 */
public record PluginProblem(Path jar, String reason) {}
