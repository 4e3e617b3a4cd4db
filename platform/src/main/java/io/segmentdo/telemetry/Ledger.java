package io.segmentdo.telemetry;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.LongSupplier;

/**
 * The books of the node: what came in must be accounted for by what went out and what waits.
 *
 * <p>An account has one side in and several sides out. Its imbalance is exported as {@code segmentdo.ledger.imbalance}
 * and is zero whatever happens; anything that stays there is an event that was lost or invented. Counters start with the
 * process while queues outlive it, so what waits when an account is opened is brought forward. Reading sides that move is
 * repeated until nothing moved in between; while that cannot be had, the last exact figure stands. Safe for concurrent
 * use.
 */
public final class Ledger {
    private static final int READS_MAX = 100;

    private final MeterRegistry meters;
    private final Map<String, Account> accounts = new ConcurrentSkipListMap<>();

    public Ledger(MeterRegistry meters) {
        this.meters = meters;
    }

    /**
     * Opens an account; what came in is accounted for when it equals the sum of the other sides.
     *
     * @param name names the account in the metric
     * @param in counts what came in since the start
     * @param outs what went out and what waits
     * @return closes the account
     */
    public AutoCloseable open(String name, LongSupplier in, LongSupplier... outs) {
        Account account = new Account(in, List.of(outs));
        accounts.put(name, account);
        Gauge gauge = Gauge.builder("segmentdo.ledger.imbalance", account, Account::imbalance)
                .description(
                        "Events that came in and are neither accounted for nor waiting; zero unless there is a bug")
                .baseUnit("events")
                .tag("account", name)
                .strongReference(true)
                .register(meters);
        return () -> {
            accounts.remove(name, account);
            meters.remove(gauge);
        };
    }

    /** The accounts that do not balance, by name, with what is missing (positive) or too much (negative). */
    public Map<String, Long> imbalances() {
        Map<String, Long> found = new ConcurrentSkipListMap<>();
        accounts.forEach((name, account) -> {
            long imbalance = account.imbalance();
            if (imbalance != 0) {
                found.put(name, imbalance);
            }
        });
        return found;
    }

    private static final class Account {
        private final LongSupplier in;
        private final List<LongSupplier> outs;
        private final long broughtForward;
        // guarded by this
        private long lastExact;

        Account(LongSupplier in, List<LongSupplier> outs) {
            this.in = in;
            this.outs = outs;
            long[] sides = read();
            this.broughtForward = -difference(sides);
        }

        synchronized long imbalance() {
            long[] before = read();
            for (int reads = 0; reads < READS_MAX; reads++) {
                long[] after = read();
                if (Arrays.equals(before, after)) {
                    lastExact = difference(after) + broughtForward;
                    return lastExact;
                }
                before = after;
            }
            return lastExact;
        }

        private long[] read() {
            long[] sides = new long[outs.size() + 1];
            sides[0] = in.getAsLong();
            for (int i = 0; i < outs.size(); i++) {
                sides[i + 1] = outs.get(i).getAsLong();
            }
            return sides;
        }

        private static long difference(long[] sides) {
            long difference = sides[0];
            for (int i = 1; i < sides.length; i++) {
                difference -= sides[i];
            }
            return difference;
        }
    }
}
