package io.segmentdo.connector;

import static org.assertj.core.api.Assertions.assertThat;

import io.segmentdo.api.ResponseClasses;
import io.segmentdo.testkit.TestResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The forms in which a delay is written. */
class RetryAfterTest {
    private static final Instant NOW = Instant.parse("1994-11-06T08:49:00Z");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "37                              | 37",
                "0                               | 0",
                "36.5                            | 37",
                "Sun, 06 Nov 1994 08:49:37 GMT   | 37",
                "Sun Nov  6 08:49:37 1994        | 37",
                "1994-11-06T08:49:37Z            | 37",
                "1994-11-06T09:49:37+01:00       | 37",
                "Sun, 06 Nov 1994 08:00:00 GMT   | 0",
                "999999                          | 3600"
            })
    void aDelayIsUnderstoodAndBounded(String text, long seconds) {
        assertThat(retryAfter(text).map(Duration::toMillis).map(millis -> Math.ceilDiv(millis, 1000)))
                .hasValue(seconds);
    }

    @Test
    void theOldFormWithTwoDigitsForTheYearIsOfThisCentury() {
        Instant now = Instant.parse("2026-11-26T08:49:00Z");

        assertThat(ResponseClasses.retryAfter(
                        TestResponse.of(429).header("Retry-After", "Thursday, 26-Nov-26 08:49:37 GMT"), now))
                .hasValue(Duration.ofSeconds(37));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "soon", "-5", "12 s", "2026-13-01T00:00:00Z"})
    void whatIsNoDelayIsNone(String text) {
        assertThat(retryAfter(text)).isEmpty();
    }

    private static Optional<Duration> retryAfter(String text) {
        return ResponseClasses.retryAfter(TestResponse.of(429).header("Retry-After", text), NOW);
    }
}
