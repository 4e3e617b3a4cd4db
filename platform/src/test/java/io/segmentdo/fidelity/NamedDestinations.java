package io.segmentdo.fidelity;

import io.segmentdo.api.Descriptor;
import io.segmentdo.api.Destination;
import io.segmentdo.connector.DeclaredDestination;
import io.segmentdo.destination.Catalogue;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** The destinations that this project declares in YAML, read from their modules. Immutable. */
public final class NamedDestinations implements Catalogue {
    /** The project. */
    public static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    private final Map<String, Destination> destinations = new TreeMap<>();

    private NamedDestinations(List<Path> files) throws IOException {
        for (Path file : files) {
            Destination destination =
                    DeclaredDestination.read(file.getFileName().toString(), Files.readString(file));
            destinations.put(destination.descriptor().id(), destination);
        }
    }

    /** All of them. */
    public static NamedDestinations read() {
        try (Stream<Path> modules = Files.list(ROOT.resolve("plugins"))) {
            List<Path> files = modules.map(module -> module.resolve("src/main/resources/META-INF/segmentdo"))
                    .filter(Files::isDirectory)
                    .flatMap(NamedDestinations::list)
                    .toList();
            return new NamedDestinations(files);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Stream<Path> list(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
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
