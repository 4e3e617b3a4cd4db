package io.segmentdo.connector;

import io.segmentdo.api.RetryPolicy;
import io.segmentdo.api.RetryPolicy.Pauses;
import java.time.Duration;
import java.util.Optional;

/** Reads {@code retry}; what it leaves out is as the platform does it by default. Confined to its thread. */
final class RetryReader {
    private RetryReader() {}

    static Optional<RetryPolicy> read(YamlObject connector) {
        YamlObject retry = connector.object("retry").allow("backoff", "backoffMax", "giveUpAfter", "throttled");
        Duration backoff = retry.duration("backoff", Duration.ofSeconds(1));
        Duration backoffMax = retry.duration("backoffMax", Duration.ofMinutes(5));
        Duration giveUpAfter = retry.duration("giveUpAfter", Duration.ofHours(4));
        Pauses throttled = pauses(retry);
        if (!connector.has("retry")) {
            return Optional.empty();
        }
        try {
            return Optional.of(new RetryPolicy(backoff, backoffMax, giveUpAfter, throttled));
        } catch (IllegalArgumentException unfit) {
            connector.problem("retry", "delays of more than nothing, the first not longer than the last");
            return Optional.empty();
        }
    }

    private static Pauses pauses(YamlObject retry) {
        YamlObject throttled = retry.object("throttled").allow("backoff", "backoffMax");
        Duration first = throttled.duration("backoff", Pauses.DEFAULT.first());
        Duration longest = throttled.duration("backoffMax", Pauses.DEFAULT.longest());
        try {
            return new Pauses(first, longest);
        } catch (IllegalArgumentException unfit) {
            retry.problem(
                    "throttled",
                    "pauses of more than nothing, the first (1s if left out) not longer than the last (1m if left out),"
                            + " 1h at most");
            return Pauses.DEFAULT;
        }
    }
}
