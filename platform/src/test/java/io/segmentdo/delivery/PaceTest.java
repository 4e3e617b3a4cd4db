package io.segmentdo.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.segmentdo.api.RateLimit;
import io.segmentdo.api.RetryPolicy.Pauses;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The pace of a destination, with a clock that the test turns. */
class PaceTest {
    private final Pace pace = new Pace();

    @ParameterizedTest
    @CsvSource({"1, PT1S", "3, PT1S", "10, PT1S", "100, PT10S", "160, PT1S", "1000, PT24H"})
    void noStretchOfTimeHasMoreRequestsThanTheLimitAndMostOfItIsUsed(int requests, Duration per) {
        pace.keepTo(new RateLimit(requests, per, 1), 1, 0);
        List<Long> sent = new ArrayList<>();
        long now = 0;
        while (sent.size() < requests * 5) {
            long wait = pace.nanosUntilFree(now);
            now += wait;
            if (wait == 0) {
                pace.take(now);
                sent.add(now);
            }
        }

        for (int i = requests; i < sent.size(); i++) {
            assertThat(sent.get(i) - sent.get(i - requests)).isGreaterThanOrEqualTo(per.toNanos());
        }
        assertThat(Duration.ofNanos(now)).isLessThan(per.multipliedBy(6));
    }

    @Test
    void aDayHasItsOwnLimitBesideThatOfASecond() {
        pace.keepTo(new RateLimit(10, Duration.ofSeconds(1), 1).daily(1_000), 1, 0);
        List<Long> sent = new ArrayList<>();
        long now = 0;
        while (sent.size() < 3_000) {
            long wait = pace.nanosUntilFree(now);
            now += wait;
            if (wait == 0) {
                assertThat(pace.take(now)).isZero();
                sent.add(now);
            }
        }

        for (int i = 1_000; i < sent.size(); i++) {
            assertThat(sent.get(i) - sent.get(i - 1_000))
                    .isGreaterThanOrEqualTo(Duration.ofDays(1).toNanos());
        }
        for (int i = 10; i < sent.size(); i++) {
            assertThat(sent.get(i) - sent.get(i - 10))
                    .isGreaterThanOrEqualTo(Duration.ofSeconds(1).toNanos());
        }
        assertThat(Duration.ofNanos(now)).isLessThan(Duration.ofDays(4));
    }

    @Test
    void aPartOfTheLimitIsSlowerInProportion() {
        pace.keepTo(new RateLimit(10, Duration.ofSeconds(1), 1), 0.05, 0);

        pace.take(0);

        assertThat(Duration.ofNanos(pace.nanosUntilFree(0))).isEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void whatIsTakenBeforeItsTimeSaysHowLongToWait() {
        pace.keepTo(new RateLimit(1, Duration.ofSeconds(1), 1), 1, 0);

        assertThat(pace.take(0)).isZero();
        assertThat(pace.take(0)).isEqualTo(Duration.ofSeconds(1).toNanos());
        assertThat(pace.take(0)).isEqualTo(Duration.ofSeconds(2).toNanos());
    }

    @Test
    void pausesWithoutATimeAreAsTheDestinationWantsThem() {
        pace.pauseBy(new Pauses(Duration.ofMillis(300), Duration.ofSeconds(1)));

        long now = 0;
        for (long millis : new long[] {300, 600, 1_000, 1_000}) {
            pace.slowDown(now);
            assertThat(pace.nanosUntilFree(now))
                    .isEqualTo(Duration.ofMillis(millis).toNanos());
            now += Duration.ofMillis(millis).toNanos();
        }
        pace.succeeded();
        pace.slowDown(now);

        assertThat(pace.nanosUntilFree(now)).isEqualTo(Duration.ofMillis(300).toNanos());
    }

    @Test
    void pausesWithoutATimeDoubleUntilSomethingIsTaken() {
        long now = 0;
        for (long seconds : new long[] {1, 2, 4, 8, 16, 32, 60, 60}) {
            pace.slowDown(now);
            pace.slowDown(now); // one that was under way with the other
            assertThat(pace.nanosUntilFree(now))
                    .isEqualTo(Duration.ofSeconds(seconds).toNanos());
            now += Duration.ofSeconds(seconds).toNanos();
        }
        pace.succeeded();
        pace.slowDown(now);

        assertThat(pace.nanosUntilFree(now)).isEqualTo(Duration.ofSeconds(1).toNanos());
    }

    @Test
    void theLongerPauseCounts() {
        pace.pause(100, 0);
        pace.pause(50, 10);

        assertThat(pace.nanosUntilFree(10)).isEqualTo(90);
        assertThat(pace.nanosUntilFree(100)).isZero();
    }
}
