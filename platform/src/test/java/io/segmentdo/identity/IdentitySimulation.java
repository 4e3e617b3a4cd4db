package io.segmentdo.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * Whole worlds, each from one seed: {@code -Dsimulation.seeds=} for more of them, {@code -Dsimulation.first=} to begin
 * elsewhere, and {@code -Dsimulation.seed=} to see one that failed again, with every message that it took in.
 *
 * <p>What each must show is in {@link Invariants}.
 */
class IdentitySimulation {
    private static final long SEEDS = Long.getLong("simulation.seeds", 20_000);
    private static final long FIRST = Long.getLong("simulation.first", 0);
    private static final int EVENTS = 14;
    private static final int LISTED = 10;

    @Test
    void everyWorldComesToRestWithNothingLostDoubledOrOutOfOrder() {
        Long only = Long.getLong("simulation.seed");
        if (only != null) {
            live(new World(only, World.Change.trace(System.out::println)), only);
            return;
        }
        Queue<String> failures = new ConcurrentLinkedQueue<>();
        LongStream.range(FIRST, FIRST + SEEDS).parallel().forEach(seed -> {
            try {
                live(new World(seed), seed);
            } catch (Throwable failed) {
                failures.add("-Dsimulation.seed=" + seed + ": " + failed);
            }
        });

        assertThat(failures)
                .withFailMessage(() -> failures.size() + " of " + SEEDS + " seeds failed, e.g.\n"
                        + String.join("\n", failures.stream().limit(LISTED).toList()))
                .isEmpty();
    }

    /** Lets a world run to its rest and looks whether all is well; every seventh lives longer. */
    static void live(World world, long seed) {
        world.run(EVENTS + (seed % 7 == 0 ? 46 : 0));
        Invariants.check(world);
    }
}
