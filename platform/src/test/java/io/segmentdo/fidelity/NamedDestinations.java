package io.segmentdo.fidelity;

import io.segmentdo.api.Descriptor;
import io.segmentdo.api.Destination;
import io.segmentdo.connector.DeclaredDestination;
import io.segmentdo.destination.Catalogue;
import io.segmentdo.plugin.PluginJars;
import io.segmentdo.temporary.TemporaryDirectory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The destinations of this project, read from their modules; their code is compiled as it stands there, once in a process.
 * Immutable.
 */
public final class NamedDestinations implements Catalogue {
    /** The project. */
    public static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    private final Map<String, Destination> destinations = new TreeMap<>();

    private NamedDestinations(List<Path> modules, Path compiled) throws IOException {
        for (Path module : modules) {
            ClassLoader code = PluginJars.compile(module.resolve("src/main"), compiled.resolve(module.getFileName()));
            ServiceLoader.load(Destination.class, code).forEach(this::put);
            for (Path file : list(module.resolve("src/main/resources/META-INF/segmentdo"))) {
                put(DeclaredDestination.read(file.getFileName().toString(), Files.readString(file), code));
            }
        }
    }

    private void put(Destination destination) {
        destinations.put(destination.descriptor().id(), destination);
    }

    /** All of them. */
    public static NamedDestinations read() {
        return Read.ALL;
    }

    private static final class Read {
        static final NamedDestinations ALL = compile();
    }

    private static NamedDestinations compile() {
        try {
            TemporaryDirectory compiled = new TemporaryDirectory("plugins");
            Runtime.getRuntime().addShutdownHook(new Thread(compiled::close)); // classes are loaded until then
            return new NamedDestinations(
                    list(ROOT.resolve("plugins")).stream()
                            .filter(module -> Files.isDirectory(module.resolve("src/main")))
                            .toList(),
                    compiled.path());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Path> list(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        }
    }

    /** One of them. */
    public Destination named(String id) {
        return Optional.ofNullable(destinations.get(id)).orElseThrow();
    }

    @Override
    public List<Descriptor> descriptors() {
        return destinations.values().stream().map(Destination::descriptor).toList();
    }

    @Override
    public Optional<Lease> lease(String id) {
        return Optional.ofNullable(destinations.get(id)).map(Borrowed::new);
    }

    @Override
    public AutoCloseable onChange(Consumer<String> listener) {
        return () -> {};
    }

    private record Borrowed(Destination destination) implements Lease {
        @Override
        public Descriptor descriptor() {
            return destination.descriptor();
        }

        @Override
        public void close() {}
    }
}
