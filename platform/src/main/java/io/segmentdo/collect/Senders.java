package io.segmentdo.collect;

import io.segmentdo.event.Origin;
import io.segmentdo.source.Source;
import io.segmentdo.source.SourceKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The senders of all sources that have sent something; as many as are configured. Safe for concurrent use. */
final class Senders {
    private final RateLimitConfig config;
    private final CollectMeters meters;
    private final Map<Source, Sender> bySource = new ConcurrentHashMap<>();
    private final Map<String, TokenBucket> byWorkspace = new ConcurrentHashMap<>();

    Senders(RateLimitConfig config, CollectMeters meters) {
        this.config = config;
        this.meters = meters;
    }

    Sender of(Source source) {
        Sender known = bySource.get(source);
        return known != null ? known : admit(source);
    }

    private Sender admit(Source source) {
        // A source that was configured anew is another record; what was kept for the former one is of no use any more.
        bySource.keySet().removeIf(other -> other.key().equals(source.key()));
        Sender fresh = open(source);
        Sender raced = bySource.putIfAbsent(source, fresh);
        return raced != null ? raced : fresh;
    }

    private Sender open(Source source) {
        String channel = source.kind().name().toLowerCase(Locale.ROOT);
        boolean isClientSide = source.kind() != SourceKind.SERVER;
        List<TokenBucket> buckets = new ArrayList<>();
        long burst = config.burst().toNanos();
        if (config.sourceEventsPerSecond() > 0) {
            buckets.add(new TokenBucket(config.sourceEventsPerSecond(), burst));
        }
        if (config.workspaceEventsPerSecond() > 0) {
            buckets.add(byWorkspace.computeIfAbsent(
                    source.workspace(), workspace -> new TokenBucket(config.workspaceEventsPerSecond(), burst)));
        }
        return new Sender(
                source,
                source.key(),
                new Origin(source.workspace(), source.id(), channel, isClientSide),
                meters.accepted(source.key()),
                meters.truncated(source.key()),
                List.copyOf(buckets));
    }
}
