package io.segmentdo.benchmarks;

import io.segmentdo.app.PlatformConfig;
import io.segmentdo.config.ConfigLoader;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A {@link SpooledNode} in a process of its own, which is told what to do line by line: each command is answered by one
 * number. Confined to one thread.
 */
final class NodeProcess implements AutoCloseable {
    private static final String ANSWER = "= ";

    private final Process process;
    private final Path log;
    private final PrintStream commands;
    private final BufferedReader answers;

    /**
     * Starts a node with an empty spool.
     *
     * @param home where its data and its log go
     * @param number tells its users from those of other nodes
     * @param yaml its configuration
     */
    NodeProcess(Path home, int number, String yaml) throws IOException {
        Path config = Files.createDirectories(home).resolve("platform.yaml");
        Files.writeString(config, yaml);
        log = home.resolve("node.log");
        process = new ProcessBuilder(ServerProcess.java(
                        // as ./segmentdo starts a node
                        List.of("-XX:+UseSerialGC", "-Xmn64m", "-XX:+UseCompactObjectHeaders", "-Xms128m", "-Xmx768m"),
                        NodeProcess.class,
                        home.toString(),
                        String.valueOf(number)))
                .redirectError(log.toFile())
                .start();
        commands = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
        answers = process.inputReader(StandardCharsets.UTF_8);
    }

    /** Puts so many events into its spool. */
    void fill(IdentityEvents.Kind kind, int count) {
        ask("fill " + kind + " " + count);
    }

    /** Lets it begin to work off its spool. */
    void route() {
        ask("route");
    }

    /** Ends that. */
    void rest() {
        ask("rest");
    }

    /** How many partitions it owns. */
    long owned() {
        return ask("owned");
    }

    /** Events that it has put into outboxes since its start. */
    long identified() {
        return ask("identified");
    }

    /** Links that ledgers at it have decided about since its start. */
    long decisions() {
        return ask("decisions");
    }

    /** Processor time that it has used since its start. */
    long cpuNanos() {
        return process.toHandle()
                .info()
                .totalCpuDuration()
                .orElse(Duration.ZERO)
                .toNanos();
    }

    private long ask(String command) {
        commands.println(command);
        try {
            String answer = answers.readLine();
            if (answer == null) {
                throw new IllegalStateException("a node ended at \"" + command + "\":\n" + Files.readString(log));
            }
            return Long.parseLong(answer.substring(ANSWER.length()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends it at once: nobody needs its data. */
    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }

    /** The process: takes commands until there are no more. */
    public static void main(String[] args) throws IOException {
        PrintStream answers = System.out;
        System.setOut(System.err); // where the log goes
        Path home = Path.of(args[0]);
        PlatformConfig config = new ConfigLoader(Map.of(), home)
                .load(PlatformConfig.class, home.resolve("platform.yaml"), Map.of())
                .value();
        SpooledNode node = new SpooledNode(config, home);
        IdentityEvents events = new IdentityEvents("node" + args[1] + "-");
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = commands.readLine(); line != null; line = commands.readLine()) {
            answers.println(ANSWER + obey(node, events, line.split(" ")));
        }
        Runtime.getRuntime().halt(0);
    }

    private static long obey(SpooledNode node, IdentityEvents events, String[] command) {
        return switch (command[0]) {
            case "fill" -> {
                int count = Integer.parseInt(command[2]);
                node.fill(count, events.of(IdentityEvents.Kind.valueOf(command[1])));
                yield count;
            }
            case "route" -> {
                node.route();
                yield 0;
            }
            case "rest" -> {
                node.rest();
                yield 0;
            }
            case "owned" -> node.owned();
            case "identified" -> node.identified();
            case "decisions" -> node.decisions();
            default -> throw new IllegalArgumentException(String.join(" ", command));
        };
    }
}
