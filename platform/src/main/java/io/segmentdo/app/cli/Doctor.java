package io.segmentdo.app.cli;

import io.segmentdo.app.PlatformConfig;
import io.segmentdo.config.ConfigLoader;
import io.segmentdo.problem.PlatformException;
import io.segmentdo.store.StoreConfig;
import io.segmentdo.store.postgres.PostgresCheck;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code segmentdo doctor}: says in plain words what is wrong with a machine or a running node. */
@Command(
        name = "doctor",
        description = "Checks this machine, and the node if one is running; ends with 1 when something is wrong.",
        mixinStandardHelpOptions = true)
final class Doctor implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec command;

    @Option(names = "--url", paramLabel = "<url>", description = "A node that must be running.")
    private @Nullable URI url;

    @Option(names = "--data", paramLabel = "<dir>", defaultValue = "data", description = "The data directory.")
    private Path data = Path.of("data");

    @Option(
            names = "--config",
            paramLabel = "<dir>",
            defaultValue = "config",
            description = "Where platform.yaml is, which says whether there is a database to look at.")
    private Path config = Path.of("config");

    @Option(names = "--host", paramLabel = "<address>", defaultValue = "127.0.0.1", description = "The address.")
    private String host = "127.0.0.1";

    @Option(names = "--port", paramLabel = "<port>", defaultValue = "8080", description = "The port.")
    private int port = 8080;

    @Override
    public Integer call() throws InterruptedException {
        PrintWriter out = Objects.requireNonNull(command).commandLine().getOut();
        List<Finding> findings = new ArrayList<>(new MachineCheck(data).findings());
        findings.addAll(database());
        findings.addAll(node());
        findings.forEach(out::println);
        boolean bad = findings.stream().anyMatch(finding -> finding.grade() == Finding.Grade.BAD);
        out.println(bad ? "Something is wrong, see above." : "All is well.");
        return bad ? 1 : 0;
    }

    private List<Finding> database() throws InterruptedException {
        PlatformConfig configured;
        try {
            configured = new ConfigLoader(System.getenv(), config)
                    .load(PlatformConfig.class, config.resolve("platform.yaml"), Map.of())
                    .value();
        } catch (PlatformException e) {
            return List.of(Finding.bad(String.valueOf(e.getMessage())));
        }
        StoreConfig store = configured.store();
        return switch (store.engine()) {
            case EMBEDDED -> List.of();
            case POSTGRES ->
                new PostgresCheck(store.postgres(), store.partitions())
                        .findings().stream()
                                .map(found -> found.isGood() ? Finding.good(found.text()) : Finding.bad(found.text()))
                                .toList();
        };
    }

    private List<Finding> node() throws InterruptedException {
        URI node = url == null ? URI.create("http://" + host + ":" + port) : url;
        Optional<List<Finding>> answered = new NodeCheck(node).findings();
        if (answered.isPresent()) {
            return answered.get();
        }
        return url == null
                ? List.of(MachineCheck.port(host, port), Finding.good("No node is running at " + node))
                : List.of(Finding.bad("Nothing answers at " + node + ": start it with ./segmentdo up"));
    }
}
