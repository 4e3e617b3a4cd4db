package io.segmentdo.app.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code segmentdo identity}: what concerns the rules by which people are known. */
@Command(name = "identity", description = "Tries identity rules.", mixinStandardHelpOptions = true)
final class IdentityCommand implements Runnable {
    @Spec
    private @Nullable CommandSpec command;

    @Override
    public void run() {
        throw new CommandLine.ParameterException(
                Objects.requireNonNull(command).commandLine(), "Nothing to do (expected: identity dry-run <file>)");
    }

    @Command(
            name = "dry-run",
            description = "Shows what changed rules would make of the recorded facts; changes nothing.",
            mixinStandardHelpOptions = true)
    int dryRun(
            @Mixin OwnedNode node,
            @Parameters(
                            paramLabel = "<file>",
                            description = "The YAML of a workspace, or just of its identity section.")
                    Path file,
            @Option(
                            names = "--workspace",
                            paramLabel = "<id>",
                            defaultValue = "demo",
                            description = "Whose facts (default: demo).")
                    String workspace)
            throws IOException, InterruptedException {
        String rules = Files.readString(file);
        String path = "/v1/workspaces/" + workspace + "/identity/dry-run";
        return node.send("POST", path, rules, node::show);
    }
}
