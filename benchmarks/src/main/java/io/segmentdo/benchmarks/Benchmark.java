package io.segmentdo.benchmarks;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The load tests of the platform, each against a baseline in the same run; see docs/performance.md. */
@Command(
        name = "benchmark",
        mixinStandardHelpOptions = true,
        subcommands = {
            CollectBenchmark.class,
            DeliverBenchmark.class,
            IdentityBenchmark.class,
            ProfilesBenchmark.class,
            FootprintBenchmark.class,
            WarehouseBenchmark.class,
            QueryBenchmark.class,
            CommitsBenchmark.class
        })
public final class Benchmark {
    private Benchmark() {}

    /** Runs the named benchmark and prints its table. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new Benchmark()).execute(args));
    }
}
