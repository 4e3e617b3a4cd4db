package io.segmentdo.warehouse.query;

import io.segmentdo.warehouse.engine.Analysis;
import io.segmentdo.warehouse.engine.Engine;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * What queries need, by their text; kept for those that come again soon, as those of a page that is refreshed do.
 *
 * <p>Not for long, because bounds such as {@code now() - INTERVAL 1 DAY} move on. Safe for concurrent use; blocks.
 */
final class Analyses {
    private static final Duration TIME = Duration.ofSeconds(10);
    private static final int KEPT_MAX = 256;
    private static final int KEPT_LENGTH_MAX = 16_384;

    /** Within {@link Analysis#MARGIN_MICROS}. */
    private static final long KEPT_NANOS = TimeUnit.SECONDS.toNanos(20);

    /** The longest time after which what was computed from the clock is surely good within that margin. */
    private static final long SURE_NANOS = TimeUnit.SECONDS.toNanos(40);

    /** What a query needs, and since when that is known. */
    record Known(Analysis analysis, long sinceNanos) {
        /** Whether the times in it are not older than the margin allows. */
        boolean isSure() {
            return System.nanoTime() - sinceNanos < SURE_NANOS;
        }
    }

    private final Map<String, Known> known = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Known> eldest) {
            return size() > KEPT_MAX;
        }
    };

    /** What a query needs; fails when it may not run. */
    Known of(Engine engine, String sql) {
        long now = System.nanoTime();
        synchronized (known) {
            Known found = known.get(sql);
            if (found != null && now - found.sinceNanos() < KEPT_NANOS) {
                return found;
            }
        }
        Known fresh = new Known(engine.analyse(sql, TIME), now);
        if (sql.length() <= KEPT_LENGTH_MAX) {
            synchronized (known) {
                known.put(sql, fresh);
            }
        }
        return fresh;
    }
}
