package io.segmentdo.connector;

import io.segmentdo.api.Batching;
import io.segmentdo.mapping.Mapping;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How the events of an action go together.
 *
 * <p>Immutable.
 *
 * @param limits of one request
 * @param groupBy values that all events of a request have in common
 */
record BatchPlan(Batching limits, List<Mapping> groupBy) {
    private static final Pattern DURATION = Pattern.compile("(\\d{1,6})(ms|s|m)");

    BatchPlan {
        groupBy = List.copyOf(groupBy);
    }

    /** Reads {@code batch}. */
    static BatchPlan read(YamlObject action, Set<String> names) {
        YamlObject batch = action.object("batch").allow("maxItems", "maxBytes", "maxWait", "groupBy");
        if (!batch.has("maxItems")) {
            batch.problem("maxItems", "how many events the vendor takes at once");
        }
        return new BatchPlan(
                new Batching(batch.count("maxItems", 1), batch.count("maxBytes", Integer.MAX_VALUE), wait(batch)),
                batch.mappings("groupBy", names));
    }

    private static Duration wait(YamlObject batch) {
        Matcher matcher = DURATION.matcher(batch.text("maxWait", "1s"));
        if (!matcher.matches()) {
            batch.problem("maxWait", "a duration such as 500ms, 2s or 1m");
            return Duration.ZERO;
        }
        long amount = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(amount);
            case "s" -> Duration.ofSeconds(amount);
            default -> Duration.ofMinutes(amount);
        };
    }

    /** Whether bytes are counted at all. */
    boolean weighs() {
        return limits.bytes() < Integer.MAX_VALUE;
    }

    /** The limits that let the batches of every action fill up; without any, each event goes alone. */
    static Batching widest(List<BatchPlan> plans) {
        return plans.stream().map(BatchPlan::limits).reduce(BatchPlan::wider).orElse(Batching.OFF);
    }

    private static Batching wider(Batching a, Batching b) {
        Duration linger = a.linger().compareTo(b.linger()) < 0 ? a.linger() : b.linger();
        return new Batching(Math.max(a.events(), b.events()), Math.max(a.bytes(), b.bytes()), linger);
    }
}
