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
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One version of one plugin file, a JAR or a YAML file, loaded from a private copy, so that whoever replaces the file does
 * not pull the classes from under it. It is unloaded when it was retired and the last lease was given back.
 *
 * <p>Safe for concurrent use.
 */
final class PluginFile {
    private static final Logger LOG = LoggerFactory.getLogger(PluginFile.class);

    private record Offer(Destination destination, Descriptor descriptor) {}

    private final Path copy;
    private final PluginSource source;
    private final Map<String, Offer> offers = new LinkedHashMap<>();
    private int leases;
    private boolean retired;
    private boolean unloaded;

    private PluginFile(Path copy, PluginSource source) {
        this.copy = copy;
        this.source = source;
    }

    /**
     * Loads a file and asks its destinations what they are; runs code of the plugin.
     *
     * @param copy the private copy, deleted when the plugin is unloaded
     * @param name the name of the file, for messages
     * @throws IOException with the reason why the file cannot be used
     */
    static PluginFile load(Path copy, String name, DeclaredReader reader) throws IOException {
        PluginSource source = null;
        try {
            source = name.endsWith(".jar") ? JarSource.open(copy, name, reader) : YamlSource.open(copy, name, reader);
            PluginFile file = new PluginFile(copy, source);
            for (Destination destination : source.destinations()) {
                Descriptor descriptor = destination.descriptor();
                file.offers.put(descriptor.id(), new Offer(destination, descriptor));
            }
            return file;
        } catch (IOException | RuntimeException | LinkageError | ServiceConfigurationError e) {
            if (source != null) {
                source.unload();
            }
            throw e instanceof IOException known ? known : new IOException(reason(e), e);
        }
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
        return new FileLease(offer);
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
        source.unload();
        try {
            Files.deleteIfExists(copy);
        } catch (IOException e) {
            LOG.atWarn().addKeyValue("file", copy).setCause(e).log("The copy of a plugin cannot be deleted");
        }
    }

    private final class FileLease implements Catalogue.Lease {
        private final Offer offer;
        private final AtomicBoolean open = new AtomicBoolean(true);

        FileLease(Offer offer) {
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
                synchronized (PluginFile.this) {
                    leases--;
                }
                unloadIfUnused();
            }
        }
    }
}
