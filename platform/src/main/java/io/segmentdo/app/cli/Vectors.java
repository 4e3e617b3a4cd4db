package io.segmentdo.app.cli;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.segmentdo.connector.DeclaredDestination;
import io.segmentdo.fidelity.Fidelity;
import io.segmentdo.fidelity.Score;
import io.segmentdo.plugin.Plugins;
import io.segmentdo.plugin.PluginsConfig;
import io.segmentdo.temporary.TemporaryDirectory;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code segmentdo vectors}: replays recorded exchanges against the installed destinations. */
@Command(
        name = "vectors",
        description = {
            "Replays recorded exchanges of Segment's destinations against the installed ones; sends nothing.",
            "Prints one line for each file: its slug, how many vectors came out as recorded, and how many there are."
        },
        mixinStandardHelpOptions = true)
final class Vectors implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec command;

    @Parameters(paramLabel = "<folder>", description = "Holds kit/ and destinations/, or files <slug>.json.gz.")
    private Path folder = Path.of(".");

    @Option(names = "--plugins", paramLabel = "<dir>", description = "A further folder of plugins.")
    private List<String> plugins = new ArrayList<>();

    @Option(
            names = "--failures",
            paramLabel = "<n>",
            description = "Shows so many that came out otherwise, of each file.")
    private int failures;

    @Option(names = "--verbose", description = "Shows all that came out otherwise.")
    private boolean verbose;

    @Override
    public Integer call() throws IOException {
        CommandSpec spec = Objects.requireNonNull(command);
        PrintWriter out = spec.commandLine().getOut();
        if (!Files.exists(folder)) {
            spec.commandLine().getErr().println(folder + ": does not exist (expected: a folder of vectors)");
            return 2;
        }
        List<String> folders = new ArrayList<>(plugins);
        folders.addFirst(
                Path.of(System.getProperty("segmentdo.home", "."), "plugins").toString());
        try (TemporaryDirectory copies = new TemporaryDirectory("vectors");
                Plugins installed = Plugins.open(
                        PluginsConfig.DEFAULT.in(folders),
                        copies.path(),
                        DeclaredDestination::read,
                        new SimpleMeterRegistry())) {
            installed
                    .problems()
                    .forEach(problem -> spec.commandLine().getErr().println(problem.jar() + ": " + problem.reason()));
            new Fidelity(installed).replay(folder, score -> print(score, out));
        }
        return 0;
    }

    private void print(Score score, PrintWriter out) {
        out.println(score.slug() + " " + score.passed() + " " + score.total());
        score.misses().stream()
                .limit(verbose ? Long.MAX_VALUE : failures)
                .forEach(miss -> out.println("    " + miss.id() + "\n        " + miss.difference()));
        out.flush();
    }
}
