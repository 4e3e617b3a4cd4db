package io.segmentdo.plugin;

import io.segmentdo.api.Destination;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** One destination from one YAML file. Immutable. */
record YamlSource(List<Destination> destinations) implements PluginSource {
    static YamlSource open(Path copy, String name, DeclaredReader reader) throws IOException {
        return new YamlSource(List.of(reader.read(name, Files.readString(copy), ApiLoader.INSTANCE)));
    }

    @Override
    public void unload() {}
}
