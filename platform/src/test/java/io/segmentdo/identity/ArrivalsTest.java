package io.segmentdo.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ArrivalsTest {
    private static final int FROM = 3;
    private static final int TO = 4;

    private final Arrivals arrivals = new Arrivals();

    @Test
    void whatIsSentAgainWhileItWaitsIsKeptOnce() {
        for (int again = 0; again < 100; again++) {
            offer(1, 0);
            offer(2, 0);
        }

        assertThat(arrivals.next(100)).extracting(Arrivals.Inbound::number).containsExactly(1L, 2L);
        offer(2, 0); // the commit is under way
        assertThat(arrivals.next(100)).isEmpty();
    }

    @Test
    void whatOvertookOthersComesAgainBehindThem() {
        offer(2, 0);
        offer(1, 0);
        offer(2, 0);

        assertThat(arrivals.next(100)).extracting(Arrivals.Inbound::number).containsExactly(1L, 2L);
    }

    @Test
    void theSenderOfWhatTookEffectBeforeIsToldAgain() {
        offer(5, 5);

        assertThat(arrivals.isEmpty()).isFalse();
        assertThat(arrivals.next(100)).isEmpty();
        assertThat(arrivals.takeRepeated()).isEqualTo(Set.of(new Arrivals.Way(FROM, TO)));
        assertThat(arrivals.isEmpty()).isTrue();
    }

    @Test
    void aPartitionThatComesBackStartsAtWhatTookEffect() {
        offer(1, 0);
        offer(2, 0);

        arrivals.close(List.of(TO));
        assertThat(arrivals.isEmpty()).isTrue();
        offer(1, 0);

        assertThat(arrivals.next(100)).extracting(Arrivals.Inbound::number).containsExactly(1L);
    }

    private void offer(long number, long lastReceived) {
        Message message =
                new Message.Delete(ActorId.ledger("w"), Events.user("u"), Cause.request("r", Cause.DELETE, 1));
        arrivals.offer(new ChannelMessage(FROM, TO, number, MessageCodec.encode(message)), lastReceived);
    }
}
