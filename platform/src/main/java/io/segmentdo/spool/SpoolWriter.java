package io.segmentdo.spool;

import io.segmentdo.event.Event;
import io.segmentdo.problem.PlatformException;
import io.segmentdo.problem.Problem;
import io.segmentdo.rocks.Recent;
import io.segmentdo.spool.Intake.Pending;
import io.segmentdo.spool.Spool.Acknowledgement;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that writes the spool: it takes everything that waits, writes it as one record, and acknowledges it.
 *
 * <p>A failed write fails its requests, and all others until the log is healed; records of failed requests may come back
 * to light then, which is harmless, as events are deduped by their message ids. The released mark travels with the next
 * group, or by itself when nothing comes.
 */
final class SpoolWriter implements Runnable {
    private static final Logger log = LoggerFactory.getLogger(SpoolWriter.class);
    private static final long REVIEW_EVERY_BYTES = 16 << 20;
    private static final long REVIEW_EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
    private static final long CUT_AFTER_IDLE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final SpoolLog disk;
    private final Recent<SpoolLog.Entry> recent;
    private final Capacity capacity;
    private final InstantSource clock;
    private final SpoolMeters meters;
    private final Thread thread =
            Thread.ofPlatform().name("spool-writer").daemon().unstarted(this);

    // any thread
    private final Intake intake = new Intake();
    private final AtomicLong releaseTo = new AtomicLong();
    private final List<Runnable> durableListeners = new CopyOnWriteArrayList<>();
    private volatile boolean parked;
    private volatile boolean closing;
    private volatile boolean ended;

    // written by the writer, read by any thread
    private volatile Mark released;
    private volatile Mark end;
    private volatile long oldestAtMillis;

    // writer only
    private long unreviewedBytes;
    private long reviewedAtNanos = System.nanoTime();

    SpoolWriter(
            SpoolLog disk, Recent<SpoolLog.Entry> recent, Capacity capacity, InstantSource clock, SpoolMeters meters) {
        this.disk = disk;
        this.recent = recent;
        this.capacity = capacity;
        this.clock = clock;
        this.meters = meters;
        this.released = disk.recover();
        this.end = disk.recoverEnd(released);
        releaseTo.set(released.position());
        oldestAtMillis = appendedAt(released.position());
    }

    void start() {
        review(System.nanoTime());
        thread.start();
    }

    /** Queues a request for the next record. */
    void add(List<Event> events, byte[] request, Acknowledgement acknowledgement) {
        intake.add(new Pending(events, request, acknowledgement));
        if (ended) {
            failQueue(closedSpool());
        } else {
            wake();
        }
    }

    /** Cuts off everything below a position, soon. */
    void release(long endPosition) {
        releaseTo.accumulateAndGet(Math.min(endPosition, end.position()), Math::max);
        wake();
    }

    List<Runnable> durableListeners() {
        return durableListeners;
    }

    long queuedBytes() {
        return intake.queuedBytes();
    }

    Mark released() {
        return released;
    }

    Mark end() {
        return end;
    }

    /** When the oldest waiting record was appended, in epoch milliseconds; 0 when none waits. */
    long oldestAtMillis() {
        return oldestAtMillis;
    }

    /** Writes what waits, then ends; to be called once. */
    void close() {
        closing = true;
        wake();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void run() {
        try {
            while (!closing || !intake.isEmpty()) {
                guardedStep();
            }
            if (!disk.isFailed()) {
                advanceReleased();
                disk.release(released);
            }
        } catch (RuntimeException e) {
            log.atError().setCause(e).log("Spool writer ended, nothing is accepted any more");
            capacity.fail(new PlatformException(Problem.STORAGE_FAILED, "the spool's writer ended", e));
        } finally {
            ended = true;
            failQueue(closedSpool());
        }
    }

    /** A disk that cannot be written or read refuses requests until it can; it does not end the writer. */
    private void guardedStep() {
        try {
            step();
        } catch (PlatformException e) {
            capacity.fail(e);
            meters.failed();
            LockSupport.parkNanos(REVIEW_EVERY_NANOS);
        }
    }

    private void step() {
        if (disk.isFailed()) {
            heal();
            return;
        }
        advanceReleased();
        List<Pending> group = intake.nextGroup();
        if (group.isEmpty()) {
            park();
        } else {
            write(group);
        }
        if (!disk.isFailed()) {
            review();
        }
    }

    private void write(List<Pending> group) {
        List<byte[]> requests = new ArrayList<>(group.size());
        List<Event> events = new ArrayList<>();
        int bytes = 0;
        for (Pending pending : group) {
            requests.add(pending.request());
            events.addAll(pending.events());
            bytes += pending.request().length;
        }
        SpoolRecord record = new SpoolRecord(end.position(), events);
        SpoolLog.Entry entry = new SpoolLog.Entry(record, end.plus(bytes, events.size()), clock.millis(), bytes);
        long startNanos = System.nanoTime();
        try {
            disk.append(requests, entry, released);
        } catch (PlatformException e) {
            capacity.fail(e);
            meters.failed();
            group.forEach(pending -> settle(pending, waiting -> waiting.failed(e)));
            return;
        }
        meters.written(group.size(), System.nanoTime() - startNanos);
        publish(entry, group);
    }

    private void publish(SpoolLog.Entry entry, List<Pending> group) {
        long position = entry.record().position();
        recent.add(position, entry, entry.bytes());
        if (oldestAtMillis == 0) {
            oldestAtMillis = entry.appendedAtMillis();
        }
        unreviewedBytes += entry.bytes();
        end = entry.end();
        group.forEach(pending -> settle(pending, waiting -> waiting.durable(position)));
        wakeListeners();
    }

    private void settle(Pending pending, Consumer<Acknowledgement> outcome) {
        intake.settled(pending);
        guarded(() -> outcome.accept(pending.acknowledgement()));
    }

    private void wakeListeners() {
        durableListeners.forEach(SpoolWriter::guarded);
    }

    /** A caller's bug must not cost the other callers their spool. */
    private static void guarded(Runnable callback) {
        try {
            callback.run();
        } catch (RuntimeException e) {
            log.atError().setCause(e).log("Callback of the spool failed");
        }
    }

    private void advanceReleased() {
        long to = Math.min(releaseTo.get(), end.position());
        if (to <= released.position()) {
            return;
        }
        SpoolLog.@Nullable Entry last = find(to - 1);
        if (last == null) {
            throw new IllegalStateException("no record at " + (to - 1) + ", which was released");
        }
        oldestAtMillis = appendedAt(to);
        released = last.end();
        recent.dropBelow(to);
    }

    private long appendedAt(long position) {
        SpoolLog.@Nullable Entry entry = position < end.position() ? find(position) : null;
        return entry == null ? 0 : entry.appendedAtMillis();
    }

    private SpoolLog.@Nullable Entry find(long position) {
        SpoolLog.Entry held = recent.find(position);
        return held != null ? held : disk.find(position);
    }

    private void heal() {
        failQueue(new PlatformException(Problem.STORAGE_FAILED, "the spool's disk failed and is not healed yet"));
        if (disk.heal()) {
            disk.recover();
            end = disk.recoverEnd(released);
            recent.clear();
            review(System.nanoTime());
            wakeListeners();
        } else {
            LockSupport.parkNanos(REVIEW_EVERY_NANOS);
        }
    }

    private void failQueue(PlatformException problem) {
        for (Pending pending = intake.poll(); pending != null; pending = intake.poll()) {
            settle(pending, waiting -> waiting.failed(problem));
        }
    }

    private void review() {
        long now = System.nanoTime();
        if (capacity.refusal() == null
                && unreviewedBytes < REVIEW_EVERY_BYTES
                && now - reviewedAtNanos < REVIEW_EVERY_NANOS) {
            return;
        }
        review(now);
    }

    private void review(long now) {
        unreviewedBytes = 0;
        reviewedAtNanos = now;
        disk.dropFiles();
        capacity.review(end.bytes() - released.bytes() + intake.queuedBytes(), disk.freeBytes());
    }

    /** Waits for the next request, release or end; looks around now and then when something is left to do. */
    private void park() {
        parked = true;
        if (intake.isEmpty() && !closing && releaseTo.get() <= released.position()) {
            if (capacity.refusal() != null) {
                LockSupport.parkNanos(this, REVIEW_EVERY_NANOS);
            } else if (disk.isCutDue(released)) {
                LockSupport.parkNanos(this, CUT_AFTER_IDLE_NANOS);
                if (parked) {
                    disk.release(released);
                    disk.dropAllFiles();
                }
            } else {
                LockSupport.park(this);
            }
        }
        parked = false;
    }

    private void wake() {
        if (parked) {
            parked = false;
            LockSupport.unpark(thread);
        }
    }

    static PlatformException closedSpool() {
        return new PlatformException(Problem.STORAGE_FAILED, "the spool is closed");
    }
}
