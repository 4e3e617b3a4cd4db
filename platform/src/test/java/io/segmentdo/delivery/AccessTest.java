package io.segmentdo.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.segmentdo.delivery.Access.Refusal;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a refusal means, by what came before. */
class AccessTest {
    private static final long PROBE = Duration.ofSeconds(64).toNanos();
    private static final long FIRST = Duration.ofSeconds(1).toNanos();
    private static final List<DeliveryKey> ONE = List.of(new DeliveryKey(0, 1, 0));
    private static final List<DeliveryKey> OTHER = List.of(new DeliveryKey(0, 2, 0));

    private final Access access = new Access(Duration.ofNanos(PROBE));

    @Test
    void credentialsAreRenewedOnceAndThenTheDestinationIsLeftAlone() {
        assertThat(access.refuse(0, 0, ONE)).isEqualTo(Refusal.RENEW);
        access.renewed();
        assertThat(access.refuse(0, 0, OTHER)).isEqualTo(Refusal.REPEAT); // was sent with the old ones
        assertThat(access.refuse(1, 1, ONE)).isEqualTo(Refusal.PAUSE);
    }

    @Test
    void newCredentialsThatWereAcceptedMayBeRenewedAgain() {
        access.renewed();
        access.accept(1, 1);

        assertThat(access.refuse(1, 2, ONE)).isEqualTo(Refusal.RENEW);
    }

    @Test
    void aRefusalIsAboutOneEventWhenOthersWereAcceptedThatWentLater() {
        access.accept(0, 10);

        assertThat(access.refuse(0, 5, ONE)).isEqualTo(Refusal.ONE_EVENT);
        assertThat(access.refuse(0, 15, OTHER)).isEqualTo(Refusal.RENEW);
    }

    @Test
    void anEventThatWasToBlameOnceIsSoAgainWhenItIsTheLast() {
        access.accept(0, 10);

        assertThat(access.refuse(0, 5, ONE)).isEqualTo(Refusal.ONE_EVENT);
        assertThat(access.refuse(0, 15, ONE)).isEqualTo(Refusal.ONE_EVENT);
        assertThat(access.isPaused()).isFalse();
    }

    @Test
    void anEventThatIsRefusedAgainAfterOthersWereAcceptedIsToBlame() {
        access.pause("no", ONE, 0);
        access.accept(0, 10);

        assertThat(access.isPaused()).isFalse();
        assertThat(access.refuse(0, 15, ONE)).isEqualTo(Refusal.ONE_EVENT);
    }

    @Test
    void probesGetRarer() {
        access.pause("no", ONE, 0);
        assertThat(access.nanosUntilProbe(0)).isEqualTo(FIRST);
        long now = FIRST;
        for (int doublings = 1; doublings < 10; doublings++) {
            assertThat(access.nanosUntilProbe(now)).isZero();
            access.probing(now);
            access.pause("no", ONE, now);
            long pause = Math.min(PROBE, FIRST << doublings);
            assertThat(access.nanosUntilProbe(now)).isEqualTo(pause);
            now += pause;
        }
        access.resume();

        assertThat(access.nanosUntilProbe(now)).isZero();
        assertThat(access.reason()).isEmpty();
    }

    @Test
    void answersToFormerCredentialsSayNothing() {
        access.reset();

        access.accept(0, 10);
        assertThat(access.refuse(0, 0, ONE)).isEqualTo(Refusal.REPEAT);
        assertThat(access.refuse(1, 0, ONE)).isEqualTo(Refusal.RENEW);
    }
}
