package io.segmentdo.delivery;

import static io.segmentdo.config.Checks.check;

import io.segmentdo.config.ByteSize;
import io.segmentdo.config.Doc;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * How events are delivered; the same for all destinations.
 *
 * <p>Immutable.
 */
public record DeliveryConfig(
        @Doc("Where a destination that was never seen before begins in the outbox: TAIL (new events only) or HEAD.")
        Start start,

        @Doc("How many requests of one destination are under way at once, 1 or more.")
        int maxInFlight,

        @Doc("How many events one destination holds in memory, 1 or more.")
        int readAhead,

        @Doc("How many deliveries of one destination wait for another attempt before its cursor stops, 1 or more.")
        int retryQueueMax,

        @Doc(
                "How many dead letters of one destination are kept before its rejected deliveries wait instead, 1 or more.")
        int deadLettersMax,

        @Doc(
                "For how long a delivery is tried again before it becomes a dead letter; pauses of the breaker do not count.")
        Duration giveUpAfter,

        @Doc("How long one call of a plugin may take before its thread is given up, 10 ms or more.")
        Duration pluginTimeout,

        @Doc("How long a destination that does not accept its credentials is left alone between two attempts, at most; "
                + "at first it is a 64th of that, which doubles. 10 ms or more.")
        Duration unauthorizedProbe,

        @Doc("How often cursors are stored at most; after a crash so much may be delivered again. 1 ms or more.")
        Duration commitInterval,

        @Doc("How long a stop or a removed destination waits for answers under way, 0 or more.")
        Duration drainTimeout,

        @Doc(
                "Networks beside the public internet that destinations may be in, e.g. `10.1.0.0/16` or `10.1.2.3/32:8080` with a "
                        + "port; `local` is this machine as long as `http.host` is this machine too.")
        List<String> allowedNetworks,

        @Doc("The delays between attempts.") RetryConfig retry,
        @Doc("When a failing destination is left alone.") BreakerConfig breaker,
        @Doc("The HTTP client.") HttpConfig http) {
    private static final String LOCAL = "local";
    private static final List<String> LOOPBACK = List.of("127.0.0.0/8", "::1/128");

    /** Where a new destination begins. */
    public enum Start {
        HEAD,
        TAIL
    }

    public static final DeliveryConfig DEFAULT = new DeliveryConfig(
            Start.TAIL,
            64,
            2_000,
            100_000,
            100_000,
            Duration.ofHours(4),
            Duration.ofSeconds(30),
            Duration.ofMinutes(5),
            Duration.ofMillis(100),
            Duration.ofSeconds(10),
            List.of(LOCAL),
            RetryConfig.DEFAULT,
            BreakerConfig.DEFAULT,
            HttpConfig.DEFAULT);

    public DeliveryConfig {
        check(maxInFlight >= 1, "max-in-flight", maxInFlight, ">= 1");
        check(readAhead >= 1, "read-ahead", readAhead, ">= 1");
        check(retryQueueMax >= 1, "retry-queue-max", retryQueueMax, ">= 1");
        check(deadLettersMax >= 1, "dead-letters-max", deadLettersMax, ">= 1");
        check(giveUpAfter.isPositive(), "give-up-after", giveUpAfter, "> 0");
        check(pluginTimeout.toMillis() >= 10, "plugin-timeout", pluginTimeout, ">= 10 ms");
        check(unauthorizedProbe.toMillis() >= 10, "unauthorized-probe", unauthorizedProbe, ">= 10 ms");
        check(commitInterval.toMillis() >= 1, "commit-interval", commitInterval, ">= 1 ms");
        check(!drainTimeout.isNegative(), "drain-timeout", drainTimeout, ">= 0");
        allowedNetworks = List.copyOf(allowedNetworks);
        for (String network : allowedNetworks) {
            check(
                    network.equals(LOCAL) || Network.parse(network).isPresent(),
                    "allowed-networks",
                    network,
                    "an address with the length of a prefix, e.g. 10.1.0.0/16, or local");
        }
    }

    /**
     * The same, with {@code local} in other words: whoever can only reach a node from its own machine can reach that machine
     * anyway, but a node that listens to others must not be their way into it.
     *
     * @param host what the node listens on
     */
    public DeliveryConfig listeningOn(String host) {
        List<String> networks = allowedNetworks.stream()
                .flatMap(network -> !network.equals(LOCAL)
                        ? Stream.of(network)
                        : isLoopback(host) ? LOOPBACK.stream() : Stream.empty())
                .toList();
        return new DeliveryConfig(
                start,
                maxInFlight,
                readAhead,
                retryQueueMax,
                deadLettersMax,
                giveUpAfter,
                pluginTimeout,
                unauthorizedProbe,
                commitInterval,
                drainTimeout,
                networks,
                retry,
                breaker,
                http);
    }

    private static boolean isLoopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    /** The delays between attempts: exponential, each one random between zero and its bound. */
    public record RetryConfig(
            @Doc("The bound of the first delay; it doubles with each attempt. 1 ms or more.")
            Duration backoff,

            @Doc("The bound that is not exceeded, at least the first.")
            Duration backoffMax) {
        public static final RetryConfig DEFAULT = new RetryConfig(Duration.ofSeconds(1), Duration.ofMinutes(5));

        public RetryConfig {
            check(backoff.toMillis() >= 1, "backoff", backoff, ">= 1 ms");
            check(backoffMax.compareTo(backoff) >= 0, "backoff-max", backoffMax, ">= " + backoff);
        }
    }

    /** The circuit breaker of a destination. */
    public record BreakerConfig(
            @Doc("After so many failed requests without a success between them nothing more is sent, 1 or more.")
            int failures,

            @Doc("Only failures within this time count, 1 s or more.")
            Duration window,

            @Doc("After this long a single request tries whether the destination is back, 1 ms or more.")
            Duration reset) {
        public static final BreakerConfig DEFAULT =
                new BreakerConfig(20, Duration.ofSeconds(10), Duration.ofSeconds(5));

        public BreakerConfig {
            check(failures >= 1, "failures", failures, ">= 1");
            check(window.toSeconds() >= 1, "window", window, ">= 1 s");
            check(reset.toMillis() >= 1, "reset", reset, ">= 1 ms");
        }
    }

    /** The HTTP client of a destination. */
    public record HttpConfig(
            @Doc("How long a connection may take, 1 ms or more.")
            Duration connectTimeout,

            @Doc("How long a request may take until its response is complete, 1 ms or more.")
            Duration requestTimeout,

            @Doc("How long an unused connection is kept, 1 s or more.")
            Duration keepAlive,

            @Doc("Responses longer than this count as failed, 1 KiB or more.")
            ByteSize responseMax) {
        public static final HttpConfig DEFAULT = new HttpConfig(
                Duration.ofSeconds(5), Duration.ofSeconds(15), Duration.ofSeconds(30), ByteSize.mebibytes(1));

        public HttpConfig {
            check(connectTimeout.toMillis() >= 1, "connect-timeout", connectTimeout, ">= 1 ms");
            check(requestTimeout.toMillis() >= 1, "request-timeout", requestTimeout, ">= 1 ms");
            check(keepAlive.toSeconds() >= 1, "keep-alive", keepAlive, ">= 1 s");
            check(responseMax.bytes() >= 1024, "response-max", responseMax, ">= 1KiB");
        }
    }
}
