package io.segmentdo.warehouse.export;

import io.segmentdo.problem.PlatformException;
import io.segmentdo.problem.Problem;
import io.segmentdo.warehouse.engine.Engines;
import io.segmentdo.warehouse.engine.Limits;
import io.segmentdo.warehouse.query.Reader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.iceberg.io.FileIO;

/**
 * The exports of this node. They end with the process; what a broken one left has no manifest.
 *
 * <p>Safe for concurrent use. Calls block.
 */
public final class Exports implements AutoCloseable {
    private static final int KEPT_MAX = 1_000;

    private final ExportConfig config;
    private final Engines engines;
    private final Reader reader;
    private final Optional<FileIO> bucket;
    private final Path root;
    private final Path staging;
    private final InstantSource clock;
    private final Map<String, ExportJob> jobs = new ConcurrentHashMap<>();

    /**
     * @param bucket reaches object stores, if one is configured
     * @param root where exports go that have a path for a destination
     * @param staging for files on their way
     */
    public Exports(
            ExportConfig config,
            Engines engines,
            Reader reader,
            Optional<FileIO> bucket,
            Path root,
            Path staging,
            InstantSource clock) {
        this.config = config;
        this.engines = engines;
        this.reader = reader;
        this.bucket = bucket;
        this.root = config.root().toString().isEmpty() ? root : config.root();
        this.staging = staging;
        this.clock = clock;
    }

    /** Starts an export; returns its id. What cannot work is refused here. */
    public String begin(ExportRequest request) {
        ExportPlace place = place(request.destination());
        check(request);
        claim(place, request.destination());
        String id = UUID.randomUUID().toString();
        ExportJob job = new ExportJob(id, request, place, engines, reader, limits(), staging.resolve(id), clock);
        synchronized (this) {
            long running = jobs.values().stream().filter(ExportJob::isRunning).count();
            if (running >= config.concurrent()) {
                throw new PlatformException(
                        Problem.OVERLOADED, running + " exports are running (expected: fewer; try again later)");
            }
            forgetOldest();
            job.start();
            jobs.put(id, job);
        }
        return id;
    }

    private Limits limits() {
        return engines.config().limits().within(config.timePerDay());
    }

    private void check(ExportRequest request) {
        try (Engines.Lease lease = engines.lease(request.workspace())) {
            String sql = ExportJob.select(request, "true");
            Limits limits = engines.config().limits().rows(1);
            Set<String> columns = ExportColumns.of(lease.engine(), reader, sql, request, limits);
            for (String column : request.partitionBy()) {
                if (!columns.contains(column)) {
                    throw new PlatformException(
                            Problem.INVALID_REQUEST,
                            "partitionBy: " + column + " (expected: date or a column of events)");
                }
            }
        }
    }

    private ExportPlace place(String destination) {
        try {
            return destination.startsWith("s3://")
                    ? new BucketPlace(
                            bucket.orElseThrow(() -> new PlatformException(
                                    Problem.INVALID_REQUEST,
                                    "destination: " + destination + " (expected: a path, as long as no S3 store is"
                                            + " configured)")),
                            destination)
                    : DirectoryPlace.below(root, destination);
        } catch (IOException e) {
            throw unusable(destination, e);
        }
    }

    private static void claim(ExportPlace place, String destination) {
        try {
            place.claim();
        } catch (IOException e) {
            throw unusable(destination, e);
        }
    }

    private static PlatformException unusable(String destination, IOException e) {
        return new PlatformException(
                Problem.STORAGE_FAILED, "destination: " + destination + " cannot be used: " + e.getMessage(), e);
    }

    private void forgetOldest() {
        if (jobs.size() >= KEPT_MAX) {
            jobs.values().stream()
                    .filter(job -> !job.isRunning())
                    .min(Comparator.comparingLong(job -> job.status().startedMillis()))
                    .ifPresent(job -> jobs.remove(job.status().id()));
        }
    }

    Optional<ExportStatus> find(String id) {
        return Optional.ofNullable(jobs.get(id)).map(ExportJob::status);
    }

    Collection<ExportStatus> all() {
        return jobs.values().stream().map(ExportJob::status).toList();
    }

    /** Ends an export and removes its files; false when there is none of this id that runs. */
    boolean cancel(String id) {
        ExportJob job = jobs.get(id);
        return job != null && job.cancel();
    }

    /** Whether it still works, be it on cleaning up. */
    boolean isBusy(String id) {
        ExportJob job = jobs.get(id);
        return job != null && job.isBusy();
    }

    @Override
    public void close() {
        List.copyOf(jobs.values()).forEach(ExportJob::cancel);
    }
}
