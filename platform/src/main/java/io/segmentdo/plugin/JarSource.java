package io.segmentdo.plugin;

import io.segmentdo.api.Destination;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.pf4j.ClassLoadingStrategy;
import org.pf4j.DefaultPluginManager;
import org.pf4j.JarPluginLoader;
import org.pf4j.ManifestPluginDescriptorFinder;
import org.pf4j.Plugin;
import org.pf4j.PluginClassLoader;
import org.pf4j.PluginDescriptor;
import org.pf4j.PluginDescriptorFinder;
import org.pf4j.PluginFactory;
import org.pf4j.PluginLoader;
import org.pf4j.PluginManager;
import org.pf4j.PluginState;
import org.pf4j.PluginWrapper;

/**
 * The destinations of a JAR: its services, and the connector files in {@code META-INF/segmentdo/}.
 *
 * <p>Each JAR has a plugin manager of its own: with a shared one, a JAR that fails fails the others, and two versions of a
 * plugin cannot live side by side. Safe for concurrent use.
 */
final class JarSource implements PluginSource {
    /** What plugins may require. */
    private static final String API_VERSION = "0.1.0";

    private static final String CONNECTORS = "META-INF/segmentdo/";

    private final PluginManager manager;
    private final String pluginId;
    private final List<Destination> destinations;

    private JarSource(PluginManager manager, String pluginId, List<Destination> destinations) {
        this.manager = manager;
        this.pluginId = pluginId;
        this.destinations = List.copyOf(destinations);
    }

    static JarSource open(Path copy, String name, DeclaredReader reader) throws IOException {
        PluginManager manager = new Manager(copy.resolveSibling("."));
        String id = manager.loadPlugin(copy);
        List<Destination> destinations = new ArrayList<>();
        boolean complete = false;
        try {
            PluginState state = manager.startPlugin(id);
            if (!state.isStarted()) {
                throw new IOException("it requires another version of the plugin API than " + API_VERSION);
            }
            ClassLoader loader = manager.getPluginClassLoader(id);
            ServiceLoader.load(Destination.class, loader).forEach(destinations::add);
            destinations.addAll(declared(copy, name, reader, loader));
            if (destinations.isEmpty()) {
                throw new IOException("it names no destination in META-INF/services/" + Destination.class.getName()
                        + " and has no connector in " + CONNECTORS);
            }
            complete = true;
        } finally {
            if (!complete) {
                manager.stopPlugin(id);
                manager.unloadPlugin(id);
            }
        }
        return new JarSource(manager, id, destinations);
    }

    private static List<Destination> declared(Path copy, String name, DeclaredReader reader, ClassLoader loader)
            throws IOException {
        List<Destination> declared = new ArrayList<>();
        try (JarFile jar = new JarFile(copy.toFile())) {
            for (JarEntry entry : jar.stream().toList()) {
                if (entry.getName().startsWith(CONNECTORS) && entry.getName().endsWith(".yaml")) {
                    String yaml = new String(jar.getInputStream(entry).readAllBytes(), StandardCharsets.UTF_8);
                    declared.add(reader.read(name + "!" + entry.getName(), yaml, loader));
                }
            }
        }
        return declared;
    }

    @Override
    public List<Destination> destinations() {
        return destinations;
    }

    @Override
    public void unload() {
        manager.stopPlugin(pluginId);
        manager.unloadPlugin(pluginId);
    }

    /** PF4J, for one JAR and without PF4J in sight of its code. */
    private static final class Manager extends DefaultPluginManager {
        Manager(Path folder) {
            super(folder);
            setSystemVersion(API_VERSION);
        }

        @Override
        protected PluginDescriptorFinder createPluginDescriptorFinder() {
            return new ManifestPluginDescriptorFinder();
        }

        @Override
        protected PluginFactory createPluginFactory() {
            return NoCode::new;
        }

        @Override
        protected PluginLoader createPluginLoader() {
            return new JarPluginLoader(this) {
                @Override
                public ClassLoader loadPlugin(Path path, PluginDescriptor descriptor) {
                    PluginClassLoader loader = new PluginClassLoader(
                            pluginManager, descriptor, ApiLoader.INSTANCE, ClassLoadingStrategy.APD);
                    loader.addFile(path.toFile());
                    return loader;
                }
            };
        }
    }

    /** A plugin is its services; it has no life cycle of its own. */
    private static final class NoCode extends Plugin {
        NoCode(PluginWrapper wrapper) {}
    }
}
