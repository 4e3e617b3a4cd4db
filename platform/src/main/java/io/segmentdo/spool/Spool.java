package io.segmentdo.spool;

import io.micrometer.core.instrument.MeterRegistry;
import io.segmentdo.event.Event;
import io.segmentdo.event.EventCodec;
import io.segmentdo.problem.PlatformException;
import io.segmentdo.problem.Problem;
import io.segmentdo.rocks.Recent;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * This node's durable log of accepted events.
 *
 * <p>An append is acknowledged when it has been synced to disk, in one record with all that waited for the same sync.
 * Records are read in their order and released when their events have been committed by their owners; what is not released is
 * there again after a crash. When it is full, or the disk is, it refuses at once. Safe for concurrent use.
 */
public final class Spool implements AutoCloseable {
    /** Told once what became of an append; on the spool's writer thread, or the caller's when refused; must not block. */
    public interface Acknowledgement {
        /** The request is on disk, in the record at this position. */
        void durable(long position);

        /**
         * The request was not accepted: {@link Problem#OVERLOADED} when a bound is reached, {@link Problem#STORAGE_FAILED}
         * when the disk fails, and then it is not known whether it will be read.
         */
        void failed(PlatformException problem);
    }

    private final SpoolConfig config;
    private final InstantSource clock;
    private final SpoolLog disk;
    private final Recent<SpoolLog.Entry> recent;
    private final Capacity capacity;
    private final SpoolWriter writer;
    private volatile boolean closed;

    private Spool(SpoolConfig config, InstantSource clock, SpoolLog disk, SpoolMeters meters) {
        this.config = config;
        this.clock = clock;
        this.disk = disk;
        this.recent = new Recent<>(config.recentBytes().bytes());
        this.capacity = new Capacity(config);
        this.writer = new SpoolWriter(disk, recent, capacity, clock, meters);
    }

    /**
     * Opens the spool in this directory, or makes it, and starts its writer.
     *
     * @throws PlatformException when the directory cannot be used or another process has it
     */
    public static Spool open(Path directory, SpoolConfig config, MeterRegistry registry, InstantSource clock) {
        SpoolLog disk = SpoolLog.open(directory, config);
        try {
            SpoolMeters meters = new SpoolMeters(registry);
            Spool spool = new Spool(config, clock, disk, meters);
            meters.watch(spool, config);
            spool.writer.start();
            return spool;
        } catch (RuntimeException e) {
            disk.close();
            throw e;
        }
    }

    /** Appends the events of one request, all or nothing; never blocks. */
    public void append(List<Event> events, Acknowledgement acknowledgement) {
        if (events.isEmpty()) {
            throw new IllegalArgumentException("a request without events");
        }
        PlatformException refusal = closed ? SpoolWriter.closedSpool() : capacity.refusal();
        if (refusal == null) {
            byte[] request = EventCodec.encodeAll(events);
            refusal = refusalOf(request.length);
            if (refusal == null) {
                writer.add(List.copyOf(events), request, acknowledgement);
                return;
            }
        }
        acknowledgement.failed(refusal);
    }

    /**
     * Durable records in their order, from a position on or the first one that is kept.
     *
     * @param maxBytes where to stop, by encoded size; at least one record is returned when there is one
     */
    public List<SpoolRecord> read(long fromPosition, int maxRecords, long maxBytes) {
        long end = writer.end().position();
        long from = Math.max(fromPosition, writer.released().position());
        if (from >= end) {
            return List.of();
        }
        List<SpoolLog.Entry> entries = recent.read(from, end, maxRecords, maxBytes);
        if (entries.isEmpty()) {
            entries = disk.read(from, end, maxRecords, maxBytes);
        }
        return entries.stream().map(SpoolLog.Entry::record).toList();
    }

    /** Gives up everything below a position, because its owners have it; takes effect soon, never blocks. */
    public void release(long endPosition) {
        writer.release(endPosition);
    }

    /** The position of the oldest record that is kept, or the next one when there is none. */
    public long firstPosition() {
        return writer.released().position();
    }

    /** The position that the next record will have. */
    public long nextPosition() {
        return writer.end().position();
    }

    /** Calls back on the writer's thread after each group has become durable; must not block. Close it to stop. */
    public AutoCloseable onDurable(Runnable wakeUp) {
        writer.durableListeners().add(wakeUp);
        return () -> writer.durableListeners().remove(wakeUp);
    }

    /** Events that are durable and not released. */
    public long depthEvents() {
        Mark released = writer.released();
        return writer.end().events() - released.events();
    }

    /** Bytes that are durable and not released. */
    public long depthBytes() {
        Mark released = writer.released();
        return writer.end().bytes() - released.bytes();
    }

    /** Bytes that wait for the disk. */
    public long queuedBytes() {
        return writer.queuedBytes();
    }

    /** How long the oldest record has been waiting to be released; zero when none waits. */
    public Duration ageOfOldest() {
        long oldest = writer.oldestAtMillis();
        return oldest == 0 ? Duration.ZERO : Duration.ofMillis(Math.max(0, clock.millis() - oldest));
    }

    /** Why appends are refused at the moment; empty when they are accepted. */
    public Optional<PlatformException> refusal() {
        return Optional.ofNullable(capacity.refusal());
    }

    /** Refuses further appends, writes those that wait, and closes the files. */
    @Override
    public void close() {
        closed = true;
        writer.close();
        disk.close();
    }

    private @Nullable PlatformException refusalOf(int bytes) {
        long queued = writer.queuedBytes();
        if (queued + bytes > config.maxQueueBytes().bytes()) {
            return new PlatformException(Problem.OVERLOADED, queued + " bytes wait for the spool's disk already");
        }
        return capacity.check(depthBytes() + queued, bytes);
    }
}
