package io.segmentdo.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimestampsTest {
    private static final DateTimeFormatter EXPECTED = DateTimeFormatter.ofPattern(
                    "uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    @ParameterizedTest
    @CsvSource({
        "2020-01-02T03:04:05.678Z, 2020-01-02T03:04:05.678Z",
        "2020-01-02T03:04:05Z, 2020-01-02T03:04:05Z",
        "2020-01-02T03:04:05.Z, 2020-01-02T03:04:05Z",
        "2020-01-02T03:04:05.6Z, 2020-01-02T03:04:05.600Z",
        "2020-01-02T03:04:05.678901234Z, 2020-01-02T03:04:05.678Z",
        "2020-01-02T03:04:05.6789012+02:00, 2020-01-02T01:04:05.678Z",
        "2020-01-02T03:04:05.678901-0330, 2020-01-02T06:34:05.678Z",
        "2020-01-02T03:04:05+00:00, 2020-01-02T03:04:05Z",
        "2020-01-02T03:04:05+05, 2020-01-01T22:04:05Z",
        "2020-01-02T03:04:05, 2020-01-02T03:04:05Z",
        "2020-01-02 03:04:05.5, 2020-01-02T03:04:05.500Z",
        "2020-01-02T03:04Z, 2020-01-02T03:04:00Z",
        "2020-01-02, 2020-01-02T00:00:00Z",
        "2020-02-29T23:59:60Z, 2020-03-01T00:00:00Z",
        "1969-12-31T23:59:59.999Z, 1969-12-31T23:59:59.999Z",
        "0000-01-01T00:00:00Z, 0000-01-01T00:00:00Z"
    })
    void allFormsThatSdksWriteAreRead(String text, Instant expected) {
        assertThat(parse(text)).isEqualTo(expected.toEpochMilli());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "yesterday",
                "2020",
                "2020-13-01T00:00:00Z",
                "2021-02-29T00:00:00Z",
                "2020-01-02T24:00:00Z",
                "2020-01-02T03:60:00Z",
                "2020-01-02T03:04:05ZZ",
                "2020-01-02T03:04:05 +02:00",
                "2020-01-02X03:04:05Z",
                "2020-01-02T",
                "+02020-01-02T03:04:05Z",
                "2020-1-2T03:04:05Z",
                "0000-01-01T00:00:00+01:00"
            })
    void whatIsNoPointInTimeIsNone(String text) {
        assertThat(parse(text)).isEqualTo(Timestamps.NONE);
    }

    @Test
    void numbersAreEpochMillisecondsOrSeconds() {
        assertThat(Timestamps.ofNumber(1_600_000_000_123L)).isEqualTo(1_600_000_000_123L);
        assertThat(Timestamps.ofNumber(1_600_000_000L)).isEqualTo(1_600_000_000_000L);
        assertThat(Timestamps.ofNumber(Long.MAX_VALUE)).isEqualTo(Timestamps.NONE);
        assertThat(Timestamps.ofNumber(Long.MIN_VALUE)).isEqualTo(Timestamps.NONE);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void whatIsWrittenIsReadBackAndLooksLikeTheJdkWritesIt(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            long millis = random.nextLong(-62_167_219_200_000L, 253_402_300_800_000L);
            byte[] written = new byte[Timestamps.LENGTH];

            Timestamps.format(millis, written, 0);

            String text = new String(written, StandardCharsets.US_ASCII);
            assertThat(text).isEqualTo(EXPECTED.format(Instant.ofEpochMilli(millis)));
            assertThat(parse(text)).isEqualTo(millis);
        }
    }

    private static long parse(String text) {
        return Timestamps.parse(("xx" + text + "yy").toCharArray(), 2, text.length());
    }
}
