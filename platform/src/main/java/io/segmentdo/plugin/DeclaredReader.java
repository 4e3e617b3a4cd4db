package io.segmentdo.plugin;

import io.segmentdo.api.Destination;

/** Makes destinations of YAML files. Safe for concurrent use. */
@FunctionalInterface
public interface DeclaredReader {
    /**
     * Reads a connector file.
     *
     * @param file its name, for messages
     * @param yaml its content
     * @param code finds the classes that it names
     * @throws RuntimeException whose message says what is wrong with it
     */
    Destination read(String file, String yaml, ClassLoader code);
}
