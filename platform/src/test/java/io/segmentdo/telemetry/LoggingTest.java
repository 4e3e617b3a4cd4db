package io.segmentdo.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.spi.FilterReply;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.slf4j.event.KeyValuePair;

class LoggingTest {
    private Instant now = Instant.EPOCH;
    private final RepeatFilter repeats = new RepeatFilter(Duration.ofMinutes(1), () -> now);

    @Test
    void withoutAnyConfigurationFileOnlyTheProjectLogsInfo() {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();

        assertThat(context.getLogger("io.netty.channel").isInfoEnabled()).isFalse();
        assertThat(context.getLogger("io.segmentdo.anything").isInfoEnabled()).isTrue();
    }

    @Test
    void aLineOfJsonHoldsTheKeyValues() throws Exception {
        LoggingEvent event = event("Delivery gave up", "shop/hook");
        event.addKeyValuePair(new KeyValuePair("events", 3));

        var line = new ObjectMapper().readTree(new JsonLines().encode(event));

        assertThat(line.get("message").textValue()).isEqualTo("Delivery gave up");
        assertThat(line.get("level").textValue()).isEqualTo("WARN");
        assertThat(line.get("destination").textValue()).isEqualTo("shop/hook");
        assertThat(line.get("events").intValue()).isEqualTo(3);
    }

    @Test
    void aRepeatedWarningIsCountedAndLoggedOnceAMinute() {
        assertThat(repeats.decide(event("Delivery gave up", "shop/hook"))).isEqualTo(FilterReply.NEUTRAL);
        assertThat(repeats.decide(event("Delivery gave up", "shop/hook"))).isEqualTo(FilterReply.DENY);
        assertThat(repeats.decide(event("Delivery gave up", "shop/hook"))).isEqualTo(FilterReply.DENY);

        now = now.plusSeconds(61);
        LoggingEvent next = event("Delivery gave up", "shop/hook");

        assertThat(repeats.decide(next)).isEqualTo(FilterReply.NEUTRAL);
        assertThat(next.getKeyValuePairs()).extracting(pair -> pair.key).contains("repeats");
    }

    @Test
    void theSameWarningAboutAnotherDestinationIsAnotherOne() {
        repeats.decide(event("Delivery gave up", "shop/hook"));

        assertThat(repeats.decide(event("Delivery gave up", "shop/crm"))).isEqualTo(FilterReply.NEUTRAL);
    }

    private static LoggingEvent event(String message, String destination) {
        Logger logger = (Logger) LoggerFactory.getLogger(LoggingTest.class);
        LoggingEvent event = new LoggingEvent("", logger, Level.WARN, message, null, null);
        event.addKeyValuePair(new KeyValuePair("destination", destination));
        return event;
    }
}
