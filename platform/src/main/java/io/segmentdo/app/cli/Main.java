package io.segmentdo.app.cli;

import io.segmentdo.config.ConfigException;
import io.segmentdo.problem.PlatformException;
import java.io.IOException;
import java.net.BindException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The entry of the command line. */
@Command(
        name = "segmentdo",
        description = "A self-hosted, Segment-compatible customer data platform.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        subcommands = {
            Up.class,
            Doctor.class,
            Send.class,
            ProfileCommand.class,
            IdentityCommand.class,
            Query.class,
            DestinationsCommand.class,
            Version.class,
            Vectors.class,
            Train.class
        })
public final class Main {
    private Main() {}

    /** Runs a command and ends the process with its exit code: 0 fine, 1 failed, 2 wrongly called or configured. */
    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    static CommandLine commandLine() {
        return new CommandLine(new Main())
                .setExecutionExceptionHandler((failure, command, parsed) -> explain(failure, command));
    }

    /** The catch-all of the program: one clear sentence for what is known, the stack for what is a bug. */
    private static int explain(Exception failure, CommandLine command) throws Exception {
        var err = command.getErr();
        if (failure instanceof ConfigException invalid) {
            err.println("The configuration cannot be used:");
            invalid.problems().forEach(problem -> err.println("  " + problem));
            return 2;
        }
        if (failure instanceof PlatformException known) {
            err.println(
                    isAddressRefused(known.getCause())
                            ? "The address cannot be listened on: "
                                    + Objects.requireNonNull(known.getCause()).getMessage()
                                    + " (expected: a free port; choose one with --port)"
                            : known.getMessage());
            return 1;
        }
        throw failure;
    }

    /** The native transport has an exception of its own for what is a {@link BindException} elsewhere. */
    private static boolean isAddressRefused(@Nullable Throwable cause) {
        return cause instanceof BindException
                || (cause instanceof IOException
                        && String.valueOf(cause.getMessage()).startsWith("bind"));
    }
}
