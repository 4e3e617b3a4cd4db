package io.segmentdo.control;

import io.segmentdo.config.ConfigException;
import io.segmentdo.config.ConfigLoader;
import io.segmentdo.config.ConfigProblem;
import io.segmentdo.problem.PlatformException;
import io.segmentdo.problem.Problem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The workspaces that are in force: read from a directory of YAML files at start, and again whenever it changes.
 *
 * <p>A change that does not hold is refused as a whole: what runs goes on, and {@link #refusal} says why. Files are looked
 * at by polling, because that also sees network file systems and links that are swapped. {@link #start} is called once;
 * everything else is safe for concurrent use.
 */
public final class Workspaces implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Workspaces.class);

    private final Path directory;
    private final Supplier<ConfigLoader> loaders;
    private final DestinationRules rules;
    private final ControlConfig config;
    private final List<Workspace> builtIn;
    private final Consumer<List<Workspace>> inForce;
    private final Thread watcher =
            Thread.ofPlatform().name("segmentdo-workspaces").daemon().unstarted(this::watch);

    // after start(): the watcher only
    private List<String> appliedState = List.of();
    private List<String> seenState = List.of();
    // any thread
    private volatile List<Workspace> current = List.of();
    private volatile Optional<String> refusal = Optional.empty();

    /**
     * @param directory the files {@code <id>.yaml}, which may be absent
     * @param loaders gives a loader for each reading
     * @param rules what plugins and mapping say
     * @param config how often to look
     * @param builtIn workspaces that need no file
     * @param inForce takes the workspaces at start and after each change; what it throws refuses the change
     */
    public Workspaces(
            Path directory,
            Supplier<ConfigLoader> loaders,
            DestinationRules rules,
            ControlConfig config,
            List<Workspace> builtIn,
            Consumer<List<Workspace>> inForce) {
        this.directory = directory;
        this.loaders = loaders;
        this.rules = rules;
        this.config = config;
        this.builtIn = List.copyOf(builtIn);
        this.inForce = inForce;
    }

    /**
     * Reads and applies the workspaces, and looks for changes from then on.
     *
     * @throws ConfigException if they do not hold
     */
    public void start() {
        List<Path> files = files();
        appliedState = state(files);
        seenState = appliedState;
        apply(files);
        watcher.start();
    }

    /** The workspaces in force. */
    public List<Workspace> current() {
        return current;
    }

    /** Why the newest change of the files is not in force, if it is not. */
    public Optional<String> refusal() {
        return refusal;
    }

    /** Stops looking; what is in force stays. */
    @Override
    public void close() {
        watcher.interrupt();
    }

    /** Takes a change once two looks in a row have seen the same, so that a half copied set of files is not read. */
    void poll() {
        List<Path> files = files();
        List<String> state = state(files);
        boolean settled = state.equals(seenState);
        seenState = state;
        if (!settled || state.equals(appliedState)) {
            return;
        }
        appliedState = state;
        try {
            apply(files);
            refusal = Optional.empty();
            log.atInfo().addKeyValue("workspaces", current.size()).log("Workspaces changed");
        } catch (PlatformException e) {
            if (e.problem() == Problem.STORAGE_FAILED) {
                appliedState = List.of(); // not the fault of the files: they are taken when the store is back
            }
            refuse(e);
        }
    }

    private void apply(List<Path> files) {
        if (files.size() > config.workspacesMax()) {
            throw new ConfigException(List.of(ConfigProblem.unexpected(
                    directory.toString(), "", files.size() + " files", "at most " + config.workspacesMax())));
        }
        List<Workspace> next = new WorkspaceReader(loaders.get(), rules).read(builtIn, files);
        inForce.accept(next);
        current = next;
    }

    private void watch() {
        try {
            while (true) {
                Thread.sleep(config.reloadEvery());
                pollSafely();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // closed
        }
    }

    /** A directory that cannot be read now may be readable at the next look. */
    private void pollSafely() {
        try {
            poll();
        } catch (RuntimeException e) {
            refuse(e);
        }
    }

    private void refuse(RuntimeException e) {
        String reason = String.valueOf(e.getMessage());
        refusal = Optional.of(reason);
        log.atError()
                .addKeyValue("reason", reason)
                .log("Changed workspaces were refused, the former ones stay in force");
    }

    private List<Path> files() {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.filter(Workspaces::isYaml).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isYaml(Path file) {
        String name = String.valueOf(file.getFileName());
        return !name.startsWith(".") && (name.endsWith(".yaml") || name.endsWith(".yml"));
    }

    /** What tells one set of files from another without reading them. */
    private static List<String> state(List<Path> files) {
        List<String> state = new ArrayList<>();
        for (Path file : files) {
            try {
                BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
                state.add(file + " " + now.fileKey() + " "
                        + now.lastModifiedTime().toInstant() + " " + now.size());
            } catch (IOException e) {
                state.add(file + " vanished");
            }
        }
        return state;
    }
}
