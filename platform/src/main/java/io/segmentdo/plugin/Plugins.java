package io.segmentdo.plugin;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.segmentdo.api.Descriptor;
import io.segmentdo.destination.Catalogue;
import io.segmentdo.problem.PlatformException;
import io.segmentdo.problem.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The plugins of some folders. A file that is dropped in, a JAR or a YAML connector, is loaded, one that is replaced takes over from its former
 * version, which ends when nobody uses it any more, and one that is removed goes; a broken one is reported and changes
 * nothing else, not even its own former version.
 *
 * <p>The folders are looked at again and again, by time and size of the files, which works on every file system. A file is
 * loaded when it has not changed between two looks, and is gone when two looks have not found it, for a list of files that
 * is made while one of them is replaced may miss it. Safe for concurrent use.
 */
public final class Plugins implements Catalogue, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Plugins.class);

    /** A file at one time. */
    private record Stamp(long modifiedMillis, long bytes) {}

    private final PluginsConfig config;
    private final Path copies;
    private final DeclaredReader reader;
    private final MeterRegistry meters;
    private final List<Gauge> gauges;
    private final ScheduledExecutorService poller;
    private final List<Consumer<String>> listeners = new CopyOnWriteArrayList<>();
    private volatile Map<Path, PluginFile> jars = Map.of();
    private volatile Map<Path, PluginProblem> problems = Map.of();

    // poller only, and the constructor
    private final Map<Path, Stamp> tried = new HashMap<>();
    private Map<Path, Stamp> lastLook = Map.of();
    private long copyNumber;
    private @Nullable Future<?> polling;

    private Plugins(PluginsConfig config, Path copies, DeclaredReader reader, MeterRegistry meters) {
        this.config = config;
        this.reader = reader;
        this.copies = copies;
        this.meters = meters;
        this.gauges = List.of(
                Gauge.builder("segmentdo.plugin.loaded", () -> jars.size())
                        .description("Plugin files in use")
                        .register(meters),
                Gauge.builder("segmentdo.plugin.broken", () -> problems.size())
                        .description("Plugin files that cannot be used")
                        .register(meters));
        this.poller = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().name("plugins").daemon().factory());
    }

    /**
     * Loads what the folders hold now, and follows them from then on.
     *
     * @param copies a folder of its own for the private copies of the files; it is emptied
     * @param reader makes destinations of YAML files
     */
    public static Plugins open(PluginsConfig config, Path copies, DeclaredReader reader, MeterRegistry meters) {
        try {
            Files.createDirectories(copies);
            try (Stream<Path> leftovers = Files.list(copies)) {
                for (Path leftover : leftovers.toList()) {
                    Files.deleteIfExists(leftover);
                }
            }
        } catch (IOException e) {
            throw new PlatformException(Problem.STORAGE_FAILED, "the folder " + copies + " cannot be used", e);
        }
        Plugins plugins = new Plugins(config, copies, reader, meters);
        plugins.lastLook = plugins.look();
        plugins.follow();
        long millis = config.pollInterval().toMillis();
        plugins.polling = plugins.poller.scheduleWithFixedDelay(plugins::poll, millis, millis, TimeUnit.MILLISECONDS);
        return plugins;
    }

    @Override
    public List<Descriptor> descriptors() {
        return jars.values().stream().flatMap(jar -> jar.descriptors().stream()).toList();
    }

    @Override
    public Optional<Lease> lease(String id) {
        for (PluginFile jar : jars.values()) {
            Lease lease = jar.lease(id);
            if (lease != null) {
                return Optional.of(lease);
            }
        }
        return Optional.empty();
    }

    @Override
    public AutoCloseable onChange(Consumer<String> listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    /** The files that are not in use, and why. */
    public List<PluginProblem> problems() {
        return List.copyOf(problems.values());
    }

    // The catch-all of the poller: whatever goes wrong with one look, there is another.
    @SuppressWarnings("CatchingUnchecked")
    private void poll() {
        try {
            follow();
        } catch (Exception e) {
            LOG.atWarn().setCause(e).log("The plugin folders cannot be followed");
        }
    }

    /** One look: what is gone goes first, so that another file may bring the same destination. */
    private void follow() {
        Map<Path, Stamp> look = look();
        boolean changed = forgetMissing(look);
        for (Map.Entry<Path, Stamp> file : look.entrySet()) {
            Path path = file.getKey();
            boolean settled = file.getValue().equals(lastLook.get(path));
            boolean untried = !file.getValue().equals(tried.get(path));
            boolean again = changed && problems.containsKey(path);
            if (settled && (untried || again)) {
                tried.put(path, file.getValue());
                load(path);
                changed = true;
            }
        }
        lastLook = look;
    }

    private Map<Path, Stamp> look() {
        Map<Path, Stamp> look = new TreeMap<>();
        for (String folder : config.folders()) {
            Path path = Path.of(folder);
            if (!Files.isDirectory(path)) {
                continue;
            }
            try (Stream<Path> files = Files.list(path)) {
                for (Path file : files.filter(Plugins::isPlugin).toList()) {
                    BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
                    look.put(
                            file.toAbsolutePath(),
                            new Stamp(attributes.lastModifiedTime().toMillis(), attributes.size()));
                }
            } catch (IOException e) {
                LOG.atDebug().setCause(e).log("A plugin folder changed while it was read");
                return lastLook;
            }
        }
        return look;
    }

    private static boolean isPlugin(Path file) {
        String name = String.valueOf(file.getFileName());
        return name.endsWith(".jar") || name.endsWith(".yaml");
    }

    private boolean forgetMissing(Map<Path, Stamp> look) {
        Set<Path> missing = new HashSet<>(tried.keySet());
        missing.removeAll(look.keySet());
        missing.removeAll(lastLook.keySet());
        for (Path path : missing) {
            tried.remove(path);
            setProblem(path, null);
            PluginFile gone = replace(path, null);
            if (gone != null) {
                retire(gone);
                LOG.atInfo().addKeyValue("file", path).log("Plugin removed");
            }
        }
        return !missing.isEmpty();
    }

    private void load(Path path) {
        PluginFile next;
        try {
            next = loadInTime(path);
        } catch (IOException e) {
            setProblem(path, e.getMessage());
            return;
        }
        for (Descriptor descriptor : next.descriptors()) {
            Optional<Path> other = jars.entrySet().stream()
                    .filter(jar -> !jar.getKey().equals(path) && jar.getValue().brings(descriptor.id()))
                    .map(Map.Entry::getKey)
                    .findFirst();
            if (other.isPresent()) {
                next.retire();
                setProblem(path, "the destination " + descriptor.id() + " comes from " + other.get() + " already");
                return;
            }
        }
        setProblem(path, null);
        PluginFile before = replace(path, next);
        List<String> ids = next.descriptors().stream().map(Descriptor::id).toList();
        LOG.atInfo().addKeyValue("file", path).addKeyValue("destinations", ids).log("Plugin loaded");
        ids.forEach(this::tell);
        if (before != null) {
            retire(before);
        }
    }

    /** In a thread of its own, because a plugin may do anything when it is asked what it is. */
    private PluginFile loadInTime(Path path) throws IOException {
        Path copy = copies.resolve(copyNumber++ + "-" + path.getFileName());
        Files.copy(path, copy);
        FutureTask<PluginFile> loading =
                new FutureTask<>(() -> PluginFile.load(copy, String.valueOf(path.getFileName()), reader));
        Thread thread = Thread.ofPlatform().name("plugin-loading").daemon().start(loading);
        try {
            return loading.get(config.loadTimeout().toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            Files.deleteIfExists(copy);
            Throwable cause = e.getCause() == null ? e : e.getCause();
            // the reader knows the file by its own name, not by that of the copy
            throw new IOException(String.valueOf(cause.getMessage()).replace(copy.toString(), path.toString()), e);
        } catch (TimeoutException e) {
            thread.interrupt();
            throw new IOException("it did not say what it is within " + config.loadTimeout(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private void retire(PluginFile jar) {
        List<String> ids = jar.descriptors().stream().map(Descriptor::id).toList();
        jar.retire();
        ids.forEach(this::tell);
    }

    private void tell(String destination) {
        listeners.forEach(listener -> listener.accept(destination));
    }

    private @Nullable PluginFile replace(Path path, @Nullable PluginFile next) {
        Map<Path, PluginFile> copy = new TreeMap<>(jars);
        PluginFile before = next == null ? copy.remove(path) : copy.put(path, next);
        jars = copy;
        return before;
    }

    private void setProblem(Path path, @Nullable String reason) {
        Map<Path, PluginProblem> copy = new TreeMap<>(problems);
        PluginProblem before = copy.remove(path);
        if (reason != null) {
            PluginProblem problem = new PluginProblem(path, reason);
            copy.put(path, problem);
            if (!problem.equals(before)) {
                LOG.atWarn()
                        .addKeyValue("file", path)
                        .addKeyValue("reason", reason)
                        .log("Plugin cannot be used");
            }
        }
        problems = copy;
    }

    /** Follows the folders no longer and unloads what nobody uses; what is still lent goes when it is given back. */
    @Override
    public void close() {
        if (polling != null) {
            polling.cancel(true);
        }
        poller.shutdown();
        try {
            poller.awaitTermination(config.loadTimeout().toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Map<Path, PluginFile> last = jars;
        jars = Map.of();
        last.values().forEach(PluginFile::retire);
        gauges.forEach(meters::remove);
    }
}
