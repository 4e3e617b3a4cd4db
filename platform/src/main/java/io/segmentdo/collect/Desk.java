package io.segmentdo.collect;

import io.micrometer.core.instrument.Counter;
import io.segmentdo.collect.CollectMeters.Outcome;
import io.segmentdo.event.Arrival;
import io.segmentdo.event.Discard;
import io.segmentdo.event.DiscardReason;
import io.segmentdo.event.Parsed;
import io.segmentdo.event.Scan;
import io.segmentdo.source.Source;
import io.segmentdo.source.Sources;
import io.segmentdo.telemetry.Discards;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where all requests are judged, counted and answered, whatever loop they are on. Safe for concurrent use. */
final class Desk {
    private static final Logger LOG = LoggerFactory.getLogger(Collector.class);
    static final String UNKNOWN = "unknown";

    private final CollectConfig config;
    private final Sources sources;
    private final EventLog log;
    private final Commits commits;
    private final Discards discards;
    private final InstantSource clock;
    private final CollectMeters meters;
    private final Answers answers;
    private final InFlight inFlight;
    private final Senders senders;
    private final TrustedProxies proxies;
    private final Counter acceptedUnknown;
    private final LongAdder acceptedEvents = new LongAdder();

    Desk(CollectConfig config, Sources sources, EventLog log, Commits commits, Ties ties) {
        this.config = config;
        this.sources = sources;
        this.log = log;
        this.commits = commits;
        this.discards = ties.discards();
        this.clock = ties.clock();
        this.meters = new CollectMeters(ties.meters());
        this.answers = new Answers(clock);
        this.inFlight = new InFlight(config.inFlightBytes().bytes());
        this.senders = new Senders(config.rateLimit(), meters);
        this.proxies = TrustedProxies.of(config.trustedProxies());
        this.acceptedUnknown = meters.accepted(UNKNOWN);
        meters.watch(inFlight);
    }

    CollectConfig config() {
        return config;
    }

    Sources sources() {
        return sources;
    }

    EventLog log() {
        return log;
    }

    Commits commits() {
        return commits;
    }

    InFlight inFlight() {
        return inFlight;
    }

    Answers answers() {
        return answers;
    }

    TrustedProxies proxies() {
        return proxies;
    }

    long acceptedEvents() {
        return acceptedEvents.sum();
    }

    long retryAfterSeconds() {
        return config.retryAfter().toSeconds();
    }

    /** Decides about a call or a batch, and enriches it if it is taken. */
    Judgement judge(HttpServerRequest request, Scan.Understood scan, long nowNanos, boolean isCall) {
        String writeKey = WriteKeys.of(request, scan.writeKey());
        if (!WriteKeys.isWellFormed(writeKey)) {
            return new Judgement.Refused(Refusal.INVALID_WRITE_KEY);
        }
        Source source = sources.find(Objects.requireNonNull(writeKey)).orElse(null);
        if (source == null && config.strictWriteKeys()) {
            return new Judgement.Refused(Refusal.INVALID_WRITE_KEY);
        }
        if (source == null) {
            return new Judgement.Taken(unknown(scan));
        }
        Sender sender = senders.of(source);
        if (!source.enabled()) {
            return new Judgement.Taken(taken(sender, wholly(DiscardReason.SOURCE_DISABLED, scan)));
        }
        long wait = sender.take(scan.events(), nowNanos);
        if (wait > 0) {
            long seconds = Math.max(1, TimeUnit.NANOSECONDS.toSeconds(wait + 999_999_999L));
            return new Judgement.Refused(Refusal.rateLimited(seconds));
        }
        Parsed parsed = scan.enrich(Arrival.of(sender.origin(), proxies.senderOf(request), clock.millis()));
        return isCall && isTooLarge(parsed)
                ? new Judgement.Refused(Refusal.TOO_LARGE)
                : new Judgement.Taken(taken(sender, parsed));
    }

    /** Enriches the event of a pixel, for which nobody is ever turned away. */
    Accepted judgePixel(HttpServerRequest request, Scan.Understood scan) {
        String writeKey = WriteKeys.of(request, scan.writeKey());
        Source source = writeKey == null ? null : sources.find(writeKey).orElse(null);
        if (source == null) {
            return unknown(scan);
        }
        Sender sender = senders.of(source);
        if (!source.enabled()) {
            return taken(sender, wholly(DiscardReason.SOURCE_DISABLED, scan));
        }
        Arrival arrival = Arrival.ofPixel(
                sender.origin(), proxies.senderOf(request), request.getHeader("User-Agent"), clock.millis());
        return taken(sender, scan.enrich(arrival));
    }

    private Accepted unknown(Scan.Understood scan) {
        return new Accepted(UNKNOWN, acceptedUnknown, null, wholly(DiscardReason.UNKNOWN_SOURCE, scan));
    }

    private static Accepted taken(Sender sender, Parsed parsed) {
        return new Accepted(sender.key(), sender.accepted(), sender.truncated(), parsed);
    }

    private static Parsed wholly(DiscardReason reason, Scan.Understood scan) {
        return new Parsed(List.of(), List.of(new Discard(-1, reason, scan.events(), scan.excerpt())), 0);
    }

    private static boolean isTooLarge(Parsed parsed) {
        return !parsed.discards().isEmpty()
                && parsed.discards().getFirst().reason() == DiscardReason.EXCEED_PAYLOAD_LIMIT;
    }

    /** The events are durable; on any thread. */
    void durable(Accepted accepted, long completeNanos) {
        count(accepted);
        meters.durable().record(System.nanoTime() - completeNanos, TimeUnit.NANOSECONDS);
    }

    /** Counts events that are durable and those that were discarded; on any thread. */
    void count(Accepted accepted) {
        int total = accepted.total();
        accepted.counter().increment(total);
        acceptedEvents.add(total);
        Parsed parsed = accepted.parsed();
        Counter truncations = accepted.truncations();
        if (parsed.truncated() > 0 && truncations != null) {
            truncations.increment(parsed.truncated());
        }
        for (Discard discard : parsed.discards()) {
            discard(accepted.source(), discard);
        }
    }

    /** Counts what was answered with success and then not kept, as only a pixel is, with a sample. */
    void lose(String source, Discard discard) {
        acceptedEvents.add(discard.events());
        discard(source, discard);
    }

    private void discard(String source, Discard discard) {
        DiscardReason reason = discard.reason();
        discards.count(source, reason.code(), discard.events());
        discards.sample(
                source, reason.code(), reason.explanation(), discard.excerpt().bytes());
    }

    /** How a request wants to be acknowledged. */
    AckMode ackOf(HttpServerRequest request) {
        String asked = Query.value(request, "ack");
        if (asked == null) {
            return config.ack();
        }
        return switch (asked) {
            case "committed" -> AckMode.COMMITTED;
            case "spool" -> AckMode.SPOOL;
            default -> config.ack();
        };
    }

    void succeed(HttpServerRequest request, Accepted accepted) {
        ended(Outcome.SUCCESS);
        if (Answers.isAwaited(request)) {
            boolean isVerbose = "true".equals(Query.value(request, "verbose"));
            Buffer body = isVerbose ? VerboseAnswer.of(accepted.parsed()) : Answers.SUCCESS;
            answers.success(request, body);
        }
    }

    void refuse(HttpServerRequest request, Refusal refusal) {
        ended(refusal.outcome());
        if (Answers.isAwaited(request)) {
            answers.refuse(request, refusal);
        }
    }

    void refuseAndClose(HttpServerRequest request, Refusal refusal) {
        ended(refusal.outcome());
        if (Answers.isAwaited(request)) {
            answers.refuseAndClose(request, refusal);
        }
    }

    /** A bug: it is reported, and the sender may try again. */
    Refusal bug(RuntimeException bug) {
        LOG.atError().setCause(bug).log("A tracking request failed");
        return Refusal.INTERNAL;
    }

    void ended(Outcome outcome) {
        meters.ended(outcome);
    }
}
