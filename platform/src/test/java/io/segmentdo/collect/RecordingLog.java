package io.segmentdo.collect;

import io.segmentdo.event.Event;
import io.segmentdo.problem.PlatformException;
import io.segmentdo.problem.Problem;
import io.segmentdo.spool.Spool;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** A log that keeps everything in memory and acknowledges from a thread of its own, as the spool does. */
final class RecordingLog implements EventLog, AutoCloseable {
    private final ExecutorService writer = Executors.newSingleThreadExecutor();
    private final List<Event> events = new ArrayList<>();
    private final List<Spool.Acknowledgement> waiting = new ArrayList<>();
    private @Nullable Problem problem;
    private boolean isHeld;
    private long position;

    @Override
    public synchronized void append(List<Event> appended, Spool.Acknowledgement acknowledgement) {
        Problem failing = problem;
        if (failing != null) {
            writer.execute(() -> acknowledgement.failed(new PlatformException(failing, "as told")));
            return;
        }
        events.addAll(appended);
        long at = ++position;
        if (isHeld) {
            waiting.add(acknowledgement);
        } else {
            writer.execute(() -> acknowledgement.durable(at));
        }
    }

    /** Fails all appends from now on; null ends it. */
    synchronized void failWith(@Nullable Problem failing) {
        problem = failing;
    }

    /** Acknowledges nothing until {@link #acknowledgeAll}. */
    synchronized void hold() {
        isHeld = true;
    }

    synchronized int held() {
        return waiting.size();
    }

    /** Acknowledges what was held at once, as after one sync. */
    synchronized void acknowledgeAll() {
        isHeld = false;
        List<Spool.Acknowledgement> all = List.copyOf(waiting);
        waiting.clear();
        writer.execute(() -> all.forEach(acknowledgement -> acknowledgement.durable(position())));
    }

    private synchronized long position() {
        return position;
    }

    synchronized List<Event> events() {
        return List.copyOf(events);
    }

    @Override
    public void close() {
        writer.close();
    }
}
