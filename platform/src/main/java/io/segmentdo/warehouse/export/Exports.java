package io.segmentdo.warehouse.export;

import io.segmentdo.problem.PlatformException;
import io.segmentdo.problem.Problem;
import io.segmentdo.temporary.TemporaryDirectory;
import io.segmentdo.warehouse.engine.Engines;
import io.segmentdo.warehouse.engine.Limits;
import io.segmentdo.warehouse.export.ExportStatus.State;
import io.segmentdo.warehouse.jobs.JobFiles;
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
import java.util.stream.Stream;
import org.apache.iceberg.io.FileIO;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The exports of this node. They end with the process: those that did not get ready are failures with that reason at the next
 * start, and what they had written is removed.
 *
 * <p>Safe for concurrent use. Calls block.
 */
public final class Exports implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Exports.class);
    private static final int KEPT_MAX = 1_000;

    private final ExportConfig config;
    private final Engines engines;
    private final Reader reader;
    private final Optional<? extends FileIO> bucket;
    private final Directories directories;
    private final InstantSource clock;
    private final JobFiles<ExportStatus> kept;
    private final Map<String, ExportJob> jobs = new ConcurrentHashMap<>();
    private final Map<String, ExportStatus> ended = new ConcurrentHashMap<>();

    /**
     * Where exports have their files.
     *
     * @param root for exports that have a path for a destination, unless another one is configured
     * @param staging for files on their way
     * @param records for what is known about each export
     */
    public record Directories(Path root, Path staging, Path records) {}

    /** @param bucket reaches object stores, if one is configured */
    public Exports(
            ExportConfig config,
            Engines engines,
            Reader reader,
            Optional<? extends FileIO> bucket,
            Directories directories,
            InstantSource clock) {
        this.config = config;
        this.engines = engines;
        this.reader = reader;
        this.bucket = bucket;
        this.directories = directories;
        this.clock = clock;
        this.kept = new JobFiles<>(directories.records(), ExportStatus.class);
    }

    /** Takes up what is known from before. */
    public void start() {
        TemporaryDirectory.remove(directories.staging()); // where a process that was killed was writing
        for (ExportStatus status : kept.load()) {
            boolean wasRunning = status.state() == State.RUNNING;
            ExportStatus known = wasRunning
                    ? status.ended(State.FAILED, clock.millis(), "the node ended in the middle of it")
                    : status;
            ended.put(known.id(), known);
            if (wasRunning || (known.state() != State.DONE && !known.files().isEmpty())) {
                Thread.ofVirtual().name("export-" + known.id()).start(() -> removeLeft(known));
            }
        }
    }

    private void removeLeft(ExportStatus status) {
        try {
            kept.store(status.id(), status);
            ExportJob.removeFiles(status, place(status.request().destination()));
            ExportStatus clean = status.withoutFiles();
            kept.store(clean.id(), clean);
            ended.put(clean.id(), clean);
        } catch (IOException | RuntimeException e) {
            log.atWarn().addKeyValue("export", status.id()).setCause(e).log("Files of an export stay behind");
        }
    }

    /** Starts an export; returns its id. What cannot work is refused here. */
    public String begin(ExportRequest request) {
        ExportPlace place = place(request.destination());
        check(request);
        claim(place, request.destination());
        String id = UUID.randomUUID().toString();
        ExportStatus begun = ExportStatus.begun(id, request, clock.millis());
        Path staging = directories.staging().resolve(id);
        ExportJob job =
                new ExportJob(begun, place, engines, reader, limits(), staging, clock, next -> kept.store(id, next));
        synchronized (this) {
            long running = jobs.values().stream().filter(ExportJob::isRunning).count();
            if (running >= config.concurrent()) {
                throw new PlatformException(
                        Problem.OVERLOADED, running + " exports are running (expected: fewer; try again later)");
            }
            forgetOldest();
            kept.store(id, begun);
            jobs.put(id, job);
            job.start();
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
                    : DirectoryPlace.below(root(), destination);
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

    private Path root() {
        return config.root().toString().isEmpty() ? directories.root() : config.root();
    }

    private void forgetOldest() {
        if (jobs.size() + ended.size() >= KEPT_MAX) {
            all().stream()
                    .filter(status -> status.state() != State.RUNNING && !isBusy(status.id()))
                    .min(Comparator.comparingLong(ExportStatus::startedMillis))
                    .ifPresent(oldest -> {
                        jobs.remove(oldest.id());
                        ended.remove(oldest.id());
                        kept.remove(oldest.id());
                    });
        }
    }

    Optional<ExportStatus> find(String id) {
        ExportJob job = jobs.get(id);
        return Optional.ofNullable(job == null ? ended.get(id) : job.status());
    }

    Collection<ExportStatus> all() {
        return Stream.concat(jobs.values().stream().map(ExportJob::status), ended.values().stream())
                .toList();
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
        List.copyOf(jobs.values()).forEach(ExportJob::stop);
    }
}
