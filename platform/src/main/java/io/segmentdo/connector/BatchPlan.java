package io.segmentdo.connector;

import io.segmentdo.api.Batching;
import io.segmentdo.mapping.Mapping;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * How the events of an action go together.
 *
 * <p>Immutable.
 *
 * @param limits of one request
 * @param groupBy values that all events of a request have in common
 * @param when which events go together at all; the others go alone
 * @param dedupeBy what makes two events of a request the same: only the later one is sent
 * @param merge whether the later one is sent with what only the earlier ones have
 * @param orderBy by what the events of a request are sorted
 * @param splitOn statuses after which the events of a request are tried again in halves
 * @param let values worked out of the items, by name, which may refer to each other
 */
record BatchPlan(
        Batching limits,
        List<Mapping> groupBy,
        Optional<Mapping> when,
        List<Mapping> dedupeBy,
        boolean merge,
        Optional<Mapping> orderBy,
        Set<Integer> splitOn,
        Map<String, Mapping> let) {
    private static final String[] KEYS = {
        "maxItems",
        "maxBytes",
        "maxWait",
        "groupBy",
        "when",
        "dedupeBy",
        "merge",
        "orderBy",
        "splitOn",
        "let",
        "forEach",
        "request",
        "steps"
    };

    BatchPlan {
        groupBy = List.copyOf(groupBy);
        dedupeBy = List.copyOf(dedupeBy);
        splitOn = Set.copyOf(splitOn);
        let = Map.copyOf(let);
    }

    /**
     * Reads {@code batch}.
     *
     * @param names what mappings may refer to that look at one event
     * @param ofBatch what those may refer to that look at all of them
     */
    static BatchPlan read(YamlObject action, Set<String> names, Set<String> ofBatch) {
        YamlObject batch = action.object("batch").allow(KEYS);
        if (!batch.has("maxItems")) {
            batch.problem("maxItems", "how many events the vendor takes at once");
        }
        if (batch.has("when") != (batch.has("request") || batch.has("steps"))) {
            batch.problem("when", "a condition, and beside it the request of a batch; other events go alone");
        }
        if (batch.has("merge") && !batch.has("dedupeBy")) {
            batch.problem("merge", "dedupeBy beside it");
        }
        Map<String, Mapping> let = batch.namedMappings("let", ofBatch);
        return new BatchPlan(
                new Batching(
                        batch.count("maxItems", 1),
                        batch.count("maxBytes", Integer.MAX_VALUE),
                        batch.duration("maxWait", Duration.ofSeconds(1))),
                batch.mappings("groupBy", names),
                batch.has("when") ? Optional.of(batch.mapping("when", names)) : Optional.empty(),
                batch.mappings("dedupeBy", names),
                batch.flag("merge"),
                batch.has("orderBy") ? Optional.of(batch.mapping("orderBy", names)) : Optional.empty(),
                batch.statuses("splitOn"),
                let);
    }

    /** Whether bytes are counted at all. */
    boolean weighs() {
        return limits.bytes() < Integer.MAX_VALUE;
    }

    /** Whether the items of a request may stand in another order, or be fewer, than its events. */
    boolean rearranges() {
        return !dedupeBy.isEmpty() || orderBy.isPresent();
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
