package io.segmentdo.delivery;

import io.segmentdo.delivery.DeliveryConfig.BreakerConfig;
import io.segmentdo.delivery.DeliveryConfig.HttpConfig;
import io.segmentdo.delivery.DeliveryConfig.RetryConfig;
import java.time.Duration;
import java.util.List;

/** Configurations for tests: short times, and sinks on this machine. */
final class Quick {
    private int maxInFlight = 16;
    private int retryQueueMax = 10_000;
    private int deadLettersMax = 10_000;
    private Duration giveUpAfter = Duration.ofHours(4);
    private Duration pluginTimeout = Duration.ofSeconds(30);
    private Duration unauthorizedProbe = Duration.ofSeconds(2);
    private List<String> allowedNetworks = List.of("127.0.0.0/8");
    private BreakerConfig breaker = new BreakerConfig(1_000_000, Duration.ofSeconds(10), Duration.ofMillis(100));
    private HttpConfig http = new HttpConfig(
            Duration.ofSeconds(10), Duration.ofSeconds(20), Duration.ofSeconds(10), HttpConfig.DEFAULT.responseMax());

    static Quick config() {
        return new Quick();
    }

    Quick maxInFlight(int next) {
        maxInFlight = next;
        return this;
    }

    Quick retryQueueMax(int next) {
        retryQueueMax = next;
        return this;
    }

    Quick deadLettersMax(int next) {
        deadLettersMax = next;
        return this;
    }

    Quick giveUpAfter(Duration next) {
        giveUpAfter = next;
        return this;
    }

    Quick pluginTimeout(Duration next) {
        pluginTimeout = next;
        return this;
    }

    Quick unauthorizedProbe(Duration next) {
        unauthorizedProbe = next;
        return this;
    }

    Quick allowedNetworks(String... next) {
        allowedNetworks = List.of(next);
        return this;
    }

    Quick breaker(int failures) {
        breaker = new BreakerConfig(failures, Duration.ofSeconds(10), Duration.ofMillis(100));
        return this;
    }

    Quick http(HttpConfig next) {
        http = next;
        return this;
    }

    DeliveryConfig build() {
        return new DeliveryConfig(
                DeliveryConfig.Start.TAIL,
                maxInFlight,
                500,
                retryQueueMax,
                deadLettersMax,
                giveUpAfter,
                pluginTimeout,
                unauthorizedProbe,
                Duration.ofMillis(10),
                Duration.ofSeconds(5),
                allowedNetworks,
                new RetryConfig(Duration.ofMillis(20), Duration.ofMillis(100)),
                breaker,
                http);
    }
}
