package io.segmentdo.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * Whole worlds, each from one seed: {@code -Dsimulation.seeds=} for more of them, {@code -Dsimulation.seed=} to see one that
 * failed again.
 */
class IdentitySimulation {
    private static final int SEEDS = Integer.getInteger("simulation.seeds", 20_000);
    private static final int EVENTS = 14;

    @Test
    void everyWorldComesToRestWithNothingLostDoubledOrOutOfOrder() {
        Long only = Long.getLong("simulation.seed");
        if (only != null) {
            live(only);
            return;
        }
        AtomicReference<Throwable> first = new AtomicReference<>();
        long failures = LongStream.range(0, SEEDS)
                .parallel()
                .filter(seed -> {
                    try {
                        live(seed);
                        return false;
                    } catch (Throwable failed) {
                        first.compareAndSet(null, new AssertionError("-Dsimulation.seed=" + seed, failed));
                        return true;
                    }
                })
                .count();

        assertThat(failures)
                .withFailMessage(() -> failures + " of " + SEEDS + " seeds failed, one of them: " + first.get() + ": "
                        + first.get().getCause())
                .isZero();
    }

    private static void live(long seed) {
        World world = new World(seed);
        world.run(EVENTS + (seed % 7 == 0 ? 46 : 0));
        Invariants.check(world);
    }
}
