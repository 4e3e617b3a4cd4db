package io.segmentdo.plugin;

import io.segmentdo.api.Descriptor;
import io.segmentdo.api.Destination;
import io.segmentdo.destination.Catalogue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One version of one plugin JAR, loaded from a private copy, so that whoever replaces the file does not pull the classes
 * from under it. It is unloaded when it was retired and the last lease was given back.
 *
 * <p>Each has a plugin manager of its own: with a shared one, a JAR that fails fails the others, and two versions of a
 * plugin cannot live side by side. Safe for concurrent use.
 */
final class PluginJar {
    private static final Logger LOG = LoggerFactory.getLogger(PluginJar.class);

    /** What plugins may require. */
    private static final String API_VERSION = "0.1.0";

    private record Offer(Destination destination, Descriptor descriptor) {}

    private final Path copy;
    private final PluginManager manager;
    private final String pluginId;
    private final Map<String, Offer> offers = new LinkedHashMap<>();
    private int leases;
    private boolean retired;
    private boolean unloaded;

    /**
     * Loads the JAR and asks its destinations what they are; runs code of the plugin.
     *
     * @param copy the private copy, deleted when the plugin is unloaded
     * @throws IOException with the reason why the JAR cannot be used
     */
    PluginJar(Path copy) throws IOException {
        this.copy = copy;
        this.manager = new Manager(copy.resolveSibling("."));
        String id = null;
        try {
            id = manager.loadPlugin(copy);
            PluginState state = manager.startPlugin(id);
            if (!state.isStarted()) {
                throw new IOException("it requires another version of the plugin API than " + API_VERSION);
            }
            for (Destination destination : ServiceLoader.load(Destination.class, manager.getPluginClassLoader(id))) {
                Descriptor descriptor = destination.descriptor();
                offers.put(descriptor.id(), new Offer(destination, descriptor));
            }
            if (offers.isEmpty()) {
                throw new IOException("it names no destination in META-INF/services/" + Destination.class.getName());
            }
        } catch (IOException | RuntimeException | LinkageError | ServiceConfigurationError e) {
            if (id != null) {
                unload(id);
            }
            throw e instanceof IOException known ? known : new IOException(reason(e), e);
        }
        this.pluginId = id;
    }

    private static String reason(Throwable e) {
        Throwable cause = e.getCause();
        return e.getMessage() + (cause == null ? "" : " (" + cause + ")");
    }

    /** What it brings. */
    List<Descriptor> descriptors() {
        return offers.values().stream().map(Offer::descriptor).toList();
    }

    boolean brings(String destination) {
        return offers.containsKey(destination);
    }

    /** Borrows one of its destinations; null when it is being retired at this moment. */
    synchronized Catalogue.@Nullable Lease lease(String destination) {
        Offer offer = offers.get(destination);
        if (retired || offer == null) {
            return null;
        }
        leases++;
        return new JarLease(offer);
    }

    /** Lends nothing more, and unloads when nothing is lent. */
    void retire() {
        synchronized (this) {
            retired = true;
        }
        unloadIfUnused();
    }

    private void unloadIfUnused() {
        synchronized (this) {
            if (!retired || leases > 0 || unloaded) {
                return;
            }
            unloaded = true;
            offers.clear();
        }
        unload(pluginId);
    }

    private void unload(String id) {
        manager.stopPlugin(id);
        manager.unloadPlugin(id);
        try {
            Files.deleteIfExists(copy);
        } catch (IOException e) {
            LOG.atWarn().addKeyValue("file", copy).setCause(e).log("The copy of a plugin cannot be deleted");
        }
    }

    private final class JarLease implements Catalogue.Lease {
        private final Offer offer;
        private final AtomicBoolean open = new AtomicBoolean(true);

        JarLease(Offer offer) {
            this.offer = offer;
        }

        @Override
        public Destination destination() {
            return offer.destination();
        }

        @Override
        public Descriptor descriptor() {
            return offer.descriptor();
        }

        @Override
        public void close() {
            if (open.getAndSet(false)) {
                synchronized (PluginJar.this) {
                    leases--;
                }
                unloadIfUnused();
            }
        }
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
