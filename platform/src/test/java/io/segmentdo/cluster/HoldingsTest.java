package io.segmentdo.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.segmentdo.cluster.Holdings.Held;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class HoldingsTest {
    private final Holdings holdings = new Holdings();

    @Test
    void ofTwoWhoSaySoTheOneWithTheHigherEpochHasIt() {
        assertThat(holdings.hear(new Held("a", 1, Map.of(0, 4L, 1, 2L)))).isTrue();
        assertThat(holdings.hear(new Held("b", 1, Map.of(0, 5L)))).isTrue();

        assertThat(holdings.find(0)).isEqualTo("b");
        assertThat(holdings.find(1)).isEqualTo("a");
        assertThat(holdings.find(2)).isNull();
    }

    @Test
    void whatComesLateIsNoNews() {
        holdings.hear(new Held("a", 2, Map.of(0, 4L)));

        assertThat(holdings.hear(new Held("a", 1, Map.of(1, 1L)))).isFalse();
        assertThat(holdings.hear(new Held("a", 3, Map.of(0, 4L))))
                .as("the same again")
                .isFalse();

        assertThat(holdings.find(0)).isEqualTo("a");
        assertThat(holdings.find(1)).isNull();
    }

    @Test
    void whoIsGoneHoldsNothing() {
        holdings.hear(new Held("a", 1, Map.of(0, 5L)));
        holdings.hear(new Held("b", 1, Map.of(0, 4L)));

        holdings.retain(Set.of("b"));

        assertThat(holdings.find(0)).isEqualTo("b");
    }
}
