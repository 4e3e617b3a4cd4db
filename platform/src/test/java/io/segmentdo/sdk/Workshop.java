package io.segmentdo.sdk;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.opentest4j.TestAbortedException;

/**
 * Prepares the programs that drive SDKs of other languages, from their sources in {@code src/test/sdk} and the packages
 * of their registries, under {@code target/sdk}: once, until a source or a version changes.
 *
 * <p>What a machine lacks is told as the reason of a skipped test; where {@code SDK_TESTS=required} stands in the
 * environment, it is a failure.
 */
final class Workshop {
    private static final boolean REQUIRED = "required".equals(System.getenv("SDK_TESTS"));
    private static final Path SOURCES = Path.of("src/test/sdk").toAbsolutePath();
    private static final Path BUILT = Path.of("target/sdk").toAbsolutePath();

    private Workshop() {}

    /** A script for Node.js. */
    static Program node(String script) throws IOException {
        String node = tool("node");
        tool("npm");
        Path folder = prepared("node", List.of("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"));
        return new Program(List.of(node, script), folder);
    }

    /** A script for Python 3. */
    static Program python(String script) throws IOException {
        String python = tool("python3");
        Path folder = prepared(
                "python",
                List.of(python, "-m", "venv", "venv"),
                List.of("venv/bin/pip", "install", "--quiet", "--requirement", "requirements.txt"));
        return new Program(List.of("venv/bin/python", script), folder);
    }

    /** The program in Go. */
    static Program go() throws IOException {
        String go = tool("go");
        return new Program(List.of("./driver"), prepared("go", List.of(go, "build", "-o", "driver", ".")));
    }

    /** The Chromium browser. */
    static String chromium() {
        return find("chromium").or(() -> find("google-chrome")).orElseThrow(() -> lacking("chromium"));
    }

    private static String tool(String name) {
        return find(name).orElseThrow(() -> lacking(name));
    }

    private static Optional<String> find(String tool) {
        return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .map(folder -> Path.of(folder, tool))
                .filter(Files::isExecutable)
                .map(Path::toString)
                .findFirst();
    }

    private static RuntimeException lacking(String tool) {
        return skip("%s is not on the PATH; install it to run this SDK against the platform".formatted(tool));
    }

    private static RuntimeException skip(String reason) {
        if (REQUIRED) {
            throw new AssertionError(reason);
        }
        return new TestAbortedException(reason);
    }

    @SafeVarargs
    private static synchronized Path prepared(String language, List<String>... steps) throws IOException {
        Path sources = SOURCES.resolve(language);
        Path folder = BUILT.resolve(language);
        Path ready = BUILT.resolve(language + ".ready");
        String wanted = fingerprint(sources);
        if (!Files.exists(ready) || !Files.readString(ready).equals(wanted)) {
            delete(folder);
            copy(sources, folder);
            for (List<String> step : steps) {
                install(new Program(step, folder));
            }
            Files.writeString(ready, wanted);
        }
        return folder;
    }

    private static void install(Program step) {
        try {
            step.output("");
        } catch (AssertionError failed) {
            throw skip("the packages of the SDK could not be installed: " + failed.getMessage());
        }
    }

    private static String fingerprint(Path sources) throws IOException {
        StringBuilder text = new StringBuilder();
        for (Path file : files(sources)) {
            text.append(file.getFileName()).append('\n').append(Files.readString(file));
        }
        return text.toString();
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        for (Path file : files(from)) {
            Files.copy(file, to.resolve(file.getFileName()));
        }
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        }
    }

    private static void delete(Path folder) throws IOException {
        if (Files.exists(folder)) {
            try (Stream<Path> tree = Files.walk(folder)) {
                for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            }
        }
    }
}
