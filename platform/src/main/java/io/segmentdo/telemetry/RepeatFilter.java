package io.segmentdo.telemetry;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.filter.Filter;
import ch.qos.logback.core.spi.FilterReply;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.event.KeyValuePair;

/**
 * Lets a warning through once in a while and counts its repeats: the next line that passes carries their number. The same
 * message about another source, destination, plugin or partition is another one. Safe for concurrent use.
 */
final class RepeatFilter extends Filter<ILoggingEvent> {
    private static final int KINDS_MAX = 1000;
    private static final Set<String> TELLING_APART =
            Set.of("source", "destination", "workspace", "plugin", "partition", "component");

    private static final class Tally {
        private Instant since = Instant.MIN;
        private int repeats;
    }

    private final Duration quiet;
    private final InstantSource clock;
    // guarded by this
    private final Map<String, Tally> tallies = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Tally> eldest) {
            return size() > KINDS_MAX;
        }
    };

    RepeatFilter(Duration quiet, InstantSource clock) {
        this.quiet = quiet;
        this.clock = clock;
    }

    @Override
    public FilterReply decide(ILoggingEvent event) {
        if (quiet.isZero() || !event.getLevel().isGreaterOrEqual(Level.WARN)) {
            return FilterReply.NEUTRAL;
        }
        int repeats = admit(event);
        if (repeats < 0) {
            return FilterReply.DENY;
        }
        if (repeats > 0 && event instanceof LoggingEvent line) {
            line.addKeyValuePair(new KeyValuePair("repeats", repeats));
        }
        return FilterReply.NEUTRAL;
    }

    /** How many were held back since the last that passed, or -1 to hold this one back too. */
    private synchronized int admit(ILoggingEvent event) {
        Tally tally = tallies.computeIfAbsent(kind(event), kind -> new Tally());
        Instant now = clock.instant();
        if (now.isBefore(tally.since.plus(quiet))) {
            tally.repeats++;
            return -1;
        }
        int repeats = tally.repeats;
        tally.since = now;
        tally.repeats = 0;
        return repeats;
    }

    private static String kind(ILoggingEvent event) {
        List<KeyValuePair> pairs = event.getKeyValuePairs() == null ? List.of() : event.getKeyValuePairs();
        return event.getLoggerName()
                + event.getMessage()
                + pairs.stream()
                        .filter(pair -> TELLING_APART.contains(pair.key))
                        .map(KeyValuePair::toString)
                        .collect(Collectors.joining());
    }
}
