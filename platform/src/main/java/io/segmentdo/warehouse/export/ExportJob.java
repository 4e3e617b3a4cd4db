package io.segmentdo.warehouse.export;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.segmentdo.problem.PlatformException;
import io.segmentdo.problem.Problem;
import io.segmentdo.temporary.TemporaryDirectory;
import io.segmentdo.warehouse.engine.Engine;
import io.segmentdo.warehouse.engine.Engines;
import io.segmentdo.warehouse.engine.Limits;
import io.segmentdo.warehouse.engine.Reason;
import io.segmentdo.warehouse.engine.Summary;
import io.segmentdo.warehouse.export.ExportStatus.State;
import io.segmentdo.warehouse.query.Reader;
import io.segmentdo.warehouse.query.TableState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One export: day by day, each written by an engine into a directory of ours and then put in its place, and at last the
 * manifest, without which nothing of it counts.
 *
 * <p>The work has a virtual thread of its own; status and end are for any thread.
 */
final class ExportJob {
    private static final Logger log = LoggerFactory.getLogger(ExportJob.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long BUSY_PAUSE_MILLIS = 500;
    static final String MANIFEST = "_manifest.json";

    private final ExportRequest request;
    private final ExportPlace place;
    private final Engines engines;
    private final Reader reader;
    private final Limits limits;
    private final Path staging;
    private final InstantSource clock;
    private final Consumer<ExportStatus> keep;

    // guarded by this
    private ExportStatus status;
    private @Nullable Engine working;
    private boolean busy = true;

    /**
     * Does nothing before it is started.
     *
     * @param begun what is to be done
     * @param keep hears of each change before it counts
     */
    ExportJob(
            ExportStatus begun,
            ExportPlace place,
            Engines engines,
            Reader reader,
            Limits limits,
            Path staging,
            InstantSource clock,
            Consumer<ExportStatus> keep) {
        this.request = begun.request();
        this.place = place;
        this.engines = engines;
        this.reader = reader;
        this.limits = limits;
        this.staging = staging;
        this.clock = clock;
        this.keep = keep;
        this.status = begun;
    }

    synchronized ExportStatus status() {
        return status;
    }

    boolean isRunning() {
        return status().state() == State.RUNNING;
    }

    synchronized boolean isBusy() {
        return busy;
    }

    private synchronized void rest() {
        busy = false;
    }

    void start() {
        Thread.ofVirtual().name("export-" + status().id()).start(this::run);
    }

    /** Ends it; false when it has ended. */
    boolean cancel() {
        return end(State.CANCELLED, null);
    }

    /** Ends it because the node does. */
    void stop() {
        end(State.FAILED, "the node stopped in the middle of it");
    }

    private synchronized boolean end(State state, @Nullable String trouble) {
        if (status.state() != State.RUNNING) {
            return false;
        }
        change(now -> now.ended(state, clock.millis(), trouble));
        if (working != null) {
            working.cancel(Reason.CANCELLED);
        }
        return true;
    }

    private synchronized void change(UnaryOperator<ExportStatus> step) {
        ExportStatus next = step.apply(status);
        keep.accept(next);
        status = next;
    }

    private void run() {
        try {
            TableState events = reader.events(request.workspace(), request.moment());
            SortedMap<LocalDate, List<TableState.StoredFile>> days = events.filesByDay();
            change(now -> now.at(days.size(), 0, 0));
            int done = 0;
            for (LocalDate day : days.keySet()) {
                if (!isRunning()) {
                    break;
                }
                writeDay(day, days.size(), ++done);
            }
            if (isRunning()) {
                putManifest(events.snapshotId());
                end(State.DONE, null);
            }
        } catch (IOException | RuntimeException e) {
            if (isRunning()) {
                log.atWarn().addKeyValue("export", status().id()).setCause(e).log("An export failed");
                end(State.FAILED, String.valueOf(e.getMessage()));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            end(State.FAILED, "interrupted");
        } finally {
            cleanUp();
            rest();
        }
    }

    private void writeDay(LocalDate day, int days, int done) throws IOException, InterruptedException {
        Path directory = staging.resolve(day.toString());
        Path target = directory.resolve("out");
        Files.createDirectories(directory);
        Summary written = write(day, target);
        if (written.rows() > 0) {
            try (Stream<Path> all = Files.isDirectory(target) ? Files.walk(target) : Stream.of(target)) {
                for (Path file : all.filter(Files::isRegularFile).sorted().toList()) {
                    put(file, target, day);
                }
            }
        }
        change(now -> now.at(days, done, written.rows()));
        TemporaryDirectory.remove(directory);
    }

    private Summary write(LocalDate day, Path target) throws InterruptedException {
        String sql = select(
                request,
                "timestamp >= TIMESTAMPTZ '" + day + " 00:00:00+00' AND timestamp < TIMESTAMPTZ '" + day.plusDays(1)
                        + " 00:00:00+00'");
        Reader.Scope scope = new Reader.Scope(request.workspace(), request.moment(), Optional.empty());
        while (true) {
            try (Engines.Lease lease = engines.lease(request.workspace())) {
                work(lease.engine());
                return reader.read(
                        lease.engine(),
                        sql,
                        scope,
                        limits,
                        (engine, dataset) -> engine.copy(sql, dataset, target, options(), limits));
            } catch (PlatformException e) {
                if (e.problem() != Problem.OVERLOADED || !isRunning()) {
                    throw e;
                }
                TimeUnit.MILLISECONDS.sleep(BUSY_PAUSE_MILLIS); // queries go first
            } finally {
                work(null);
            }
        }
    }

    private synchronized void work(@Nullable Engine engine) {
        working = engine;
        if (engine != null && status.state() != State.RUNNING) {
            throw new PlatformException(Problem.INVALID_REQUEST, "the export was cancelled");
        }
    }

    /** The query of an export; whoever reads it makes sure that the condition is one. */
    static String select(ExportRequest request, String bound) {
        String date = request.partitionBy().contains("date") ? ", CAST(timestamp AS DATE) AS date" : "";
        String where = request.where().isBlank() ? "" : " AND (" + request.where() + "\n)";
        return "SELECT *" + date + " FROM events WHERE " + bound + where;
    }

    private String options() {
        if (request.partitionBy().isEmpty()) {
            return request.form().options();
        }
        String columns = request.partitionBy().stream()
                .map(column -> '"' + column.replace("\"", "\"\"") + '"')
                .collect(Collectors.joining(", "));
        return request.form().options() + ", PARTITION_BY (" + columns + "), WRITE_PARTITION_COLUMNS true,"
                + " FILENAME_PATTERN 'part-{i}'";
    }

    /** It is known before it is there, so that what a crash leaves can be removed. */
    private void put(Path file, Path target, LocalDate day) throws IOException {
        String below =
                file.equals(target) ? "" : target.relativize(file).toString().replace('\\', '/');
        int slash = below.lastIndexOf('/');
        String number = below.isEmpty() ? "0" : below.substring(slash + 1).replaceAll("\\D", "");
        String path = below.substring(0, slash + 1) + "events-" + day + "-" + number + "."
                + request.form().extension();
        ExportStatus.File placed = new ExportStatus.File(path, Files.size(file));
        change(now -> now.with(placed));
        place.put(file, path);
    }

    private void putManifest(long snapshot) throws IOException {
        ExportStatus now = status();
        Map<String, Object> manifest = new LinkedHashMap<>();
        manifest.put("export", now.id());
        manifest.put("workspace", request.workspace());
        manifest.put("format", request.form().name().toLowerCase(Locale.ROOT));
        manifest.put("partitionBy", request.partitionBy());
        manifest.put("where", request.where());
        manifest.put("snapshot", Long.toString(snapshot));
        manifest.put("createdAt", Instant.ofEpochMilli(clock.millis()).toString());
        manifest.put("rows", now.rows());
        manifest.put("bytes", now.bytes());
        manifest.put("files", now.files());
        Path file = staging.resolve(MANIFEST);
        Files.createDirectories(staging);
        Files.write(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(manifest));
        place.put(file, MANIFEST);
    }

    /** What was cancelled or failed leaves nothing. */
    private void cleanUp() {
        try {
            if (status().state() != State.DONE) {
                removeFiles(status(), place);
                change(ExportStatus::withoutFiles);
            }
            TemporaryDirectory.remove(staging);
        } catch (IOException | RuntimeException e) {
            log.atWarn().addKeyValue("export", status().id()).setCause(e).log("Files of an export stay behind");
        }
    }

    static void removeFiles(ExportStatus status, ExportPlace place) throws IOException {
        for (ExportStatus.File file : status.files()) {
            place.remove(file.path());
        }
    }
}
