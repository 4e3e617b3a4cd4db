package io.segmentdo.warehouse;

import io.segmentdo.identity.Colleagues;
import io.segmentdo.warehouse.load.Backlog;
import io.segmentdo.warehouse.table.Positions;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Brings what was identified until now into the tables, whichever members own its partitions: they are told to hurry, and
 * the store says when it is done. So it does not matter who answers, or owns a partition by then. Safe for concurrent use.
 */
final class CatchUp {
    private static final String TOPIC = "warehouse-hurry";
    private static final long PAUSE_MILLIS_MIN = 20;
    private static final long PAUSE_MILLIS_MAX = 100;

    private final Backlog backlog;
    private final Runnable hurry;
    private final Colleagues colleagues;

    /** @param hurry what makes this member load what it has, soon */
    CatchUp(Backlog backlog, Runnable hurry, Colleagues colleagues) {
        this.backlog = backlog;
        this.hurry = hurry;
        this.colleagues = colleagues;
        colleagues.answer(TOPIC, question -> {
            hurry.run();
            return new JsonObject();
        });
    }

    /** The partitions that were not loaded in this time, none when all is done. Blocks. */
    List<Integer> run(Duration patience) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        Positions ends = backlog.ends();
        List<Integer> behind = backlog.behind(ends);
        Future<Colleagues.Answers> asked = Future.succeededFuture();
        for (long pause = PAUSE_MILLIS_MIN; !behind.isEmpty() && System.nanoTime() < deadline; ) {
            hurry.run();
            if (asked.isComplete()) {
                asked = colleagues.askAll(TOPIC, new JsonObject());
            }
            TimeUnit.MILLISECONDS.sleep(pause);
            pause = Math.min(PAUSE_MILLIS_MAX, pause * 2);
            behind = backlog.behind(ends);
        }
        return behind;
    }
}
