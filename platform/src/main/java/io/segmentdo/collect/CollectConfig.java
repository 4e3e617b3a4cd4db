package io.segmentdo.collect;

import static io.segmentdo.config.Checks.check;

import io.segmentdo.config.ByteSize;
import io.segmentdo.config.Doc;
import io.segmentdo.event.EventLimits;
import java.net.URI;
import java.time.Duration;
import java.util.List;

/** What the tracking endpoints take, for how long they wait and whom they believe. Immutable. */
public record CollectConfig(
        @Doc(
                "When a request is answered with success: spool (on the disk of this node) or committed (by the owners of its identities); a request chooses with ?ack=.")
        AckMode ack,

        @Doc("How long a request with ack committed waits before it is answered with 503, between 100ms and 60s.")
        Duration commitTimeout,

        @Doc("Largest body of a batch after decompression, between 32KiB and 64MiB; a larger one is answered with 400.")
        ByteSize bodyBytes,

        @Doc("Most bytes that a compressed body may grow to for each of its own, between 10 and 1100.")
        int compressionRatio,

        @Doc(
                "Bodies that are being read, in bytes over all connections, at least body-bytes; then requests are answered with 503.")
        ByteSize inFlightBytes,

        @Doc("How long the sending of one body may take before it is cut off, between 1s and 10m.")
        Duration bodyTimeout,

        @Doc("How long a connection may be silent before it is closed, between 1s and 1h.")
        Duration idleTimeout,

        @Doc("Largest request line, between 1KiB and 64KiB; pixels carry their event in it.")
        ByteSize requestLineBytes,

        @Doc("Largest sum of the headers of a request, between 4KiB and 64KiB.")
        ByteSize headerBytes,

        @Doc("What a sender is told to wait before it tries again after 503, in whole seconds, between 1s and 5m.")
        Duration retryAfter,

        @Doc(
                "Whether an unknown write key is answered with 400; otherwise with success, and its events are counted as discarded.")
        boolean strictWriteKeys,

        @Doc(
                "Addresses or networks (10.0.0.0/8) of proxies whose X-Forwarded-For, -Host and -Proto headers are believed.")
        List<String> trustedProxies,

        @Doc(
                "The address under which SDKs reach this platform (https://cdp.example.com); empty for the host that each of them used.")
        URI publicUrl,

        @Doc("How long SDKs and proxies may keep a source's settings, between 0s and 1d.")
        Duration settingsMaxAge,

        @Doc("What one event, and one batch of them, may contain at most.")
        EventLimits limits,

        @Doc("How many events are taken per second.") RateLimitConfig rateLimit) {

    public static final CollectConfig DEFAULT = new CollectConfig(
            AckMode.SPOOL,
            Duration.ofSeconds(10),
            ByteSize.mebibytes(4),
            500,
            ByteSize.mebibytes(64),
            Duration.ofSeconds(30),
            Duration.ofSeconds(60),
            ByteSize.kibibytes(16),
            ByteSize.kibibytes(16),
            Duration.ofSeconds(2),
            false,
            List.of(),
            URI.create(""),
            Duration.ofSeconds(60),
            EventLimits.DEFAULT,
            RateLimitConfig.DEFAULT);

    public CollectConfig {
        trustedProxies = List.copyOf(trustedProxies);
        checkBetween("commit-timeout", commitTimeout, Duration.ofMillis(100), Duration.ofSeconds(60));
        checkBetween("body-bytes", bodyBytes, ByteSize.kibibytes(32), ByteSize.mebibytes(64));
        check(compressionRatio >= 10 && compressionRatio <= 1_100, "compression-ratio", compressionRatio, "10 to 1100");
        check(
                inFlightBytes.bytes() >= bodyBytes.bytes(),
                "in-flight-bytes",
                inFlightBytes,
                "at least body-bytes, " + bodyBytes);
        checkBetween("body-timeout", bodyTimeout, Duration.ofSeconds(1), Duration.ofMinutes(10));
        checkBetween("idle-timeout", idleTimeout, Duration.ofSeconds(1), Duration.ofHours(1));
        checkBetween("request-line-bytes", requestLineBytes, ByteSize.kibibytes(1), ByteSize.kibibytes(64));
        checkBetween("header-bytes", headerBytes, ByteSize.kibibytes(4), ByteSize.kibibytes(64));
        checkBetween("retry-after", retryAfter, Duration.ofSeconds(1), Duration.ofMinutes(5));
        check(
                limits.eventBytes().bytes() <= bodyBytes.bytes(),
                "limits.event-bytes",
                limits.eventBytes(),
                "at most body-bytes, " + bodyBytes);
        TrustedProxies.of(trustedProxies);
        String scheme = publicUrl.getScheme();
        boolean isWeb = "http".equals(scheme) || "https".equals(scheme);
        check(
                publicUrl.toString().isEmpty() || (isWeb && publicUrl.getRawAuthority() != null),
                "public-url",
                publicUrl,
                "empty, or http(s)://host[:port][/path]");
        checkBetween("settings-max-age", settingsMaxAge, Duration.ZERO, Duration.ofDays(1));
    }

    private static void checkBetween(String key, Duration value, Duration least, Duration most) {
        check(value.compareTo(least) >= 0 && value.compareTo(most) <= 0, key, value, least + " to " + most);
    }

    private static void checkBetween(String key, ByteSize value, ByteSize least, ByteSize most) {
        check(value.bytes() >= least.bytes() && value.bytes() <= most.bytes(), key, value, least + " to " + most);
    }
}
