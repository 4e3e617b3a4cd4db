package io.segmentdo.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LedgerTest {
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final Ledger ledger = new Ledger(meters);
    private final AtomicLong accepted = new AtomicLong();
    private final AtomicLong discarded = new AtomicLong();
    private final AtomicLong identified = new AtomicLong();
    private final AtomicLong waiting = new AtomicLong();

    @Test
    void everythingThatIsAccountedForLeavesNothing() {
        open();

        accepted.set(10);
        discarded.set(1);
        identified.set(7);
        waiting.set(2);

        assertThat(gauge()).isZero();
        assertThat(ledger.imbalances()).isEmpty();
    }

    @Test
    void aLostEventShows() {
        open();

        accepted.set(10);
        identified.set(9);

        assertThat(gauge()).isEqualTo(1);
        assertThat(ledger.imbalances()).containsEntry("intake", 1L);
    }

    @Test
    void whatWaitedAtTheStartIsBroughtForward() {
        waiting.set(5);
        open();

        waiting.set(0);
        identified.set(5);

        assertThat(gauge()).isZero();
    }

    @Test
    void sidesThatMoveWhileTheyAreReadDoNotLookLikeALoss() {
        AtomicLong moving = new AtomicLong();
        ledger.open("shop/hook", moving::incrementAndGet, () -> 0, () -> 0, () -> 0, () -> 0);

        assertThat(ledger.imbalances()).isEmpty();
    }

    @Test
    void aClosedAccountLeavesNoGauge() throws Exception {
        AutoCloseable account = ledger.open("shop/hook", () -> 1, () -> 0, () -> 0, () -> 0, () -> 1);

        account.close();

        assertThat(meters.find("segmentdo.ledger.imbalance").gauge()).isNull();
    }

    private void open() {
        ledger.open("intake", accepted::get, discarded::get, identified::get, waiting::get);
    }

    private double gauge() {
        return meters.get("segmentdo.ledger.imbalance")
                .tag("account", "intake")
                .gauge()
                .value();
    }
}
