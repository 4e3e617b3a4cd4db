package io.segmentdo.app.cli;

import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code segmentdo version}. */
@Command(name = "version", description = "Says which version this is.")
final class Version implements Callable<Integer>, IVersionProvider {
    @Spec
    private @Nullable CommandSpec command;

    @Override
    public Integer call() {
        Objects.requireNonNull(command).commandLine().getOut().println(text());
        return 0;
    }

    @Override
    public String[] getVersion() {
        return new String[] {text()};
    }

    static String text() {
        String version = Main.class.getPackage().getImplementationVersion();
        return "segment.do " + (version == null ? "(not packaged)" : version) + ", Java " + Runtime.version();
    }
}
