package io.segmentdo.warehouse.export;

import static io.segmentdo.warehouse.query.WarehouseFixture.track;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.segmentdo.problem.PlatformException;
import io.segmentdo.warehouse.export.ExportStatus.State;
import io.segmentdo.warehouse.files.LocalFiles;
import io.segmentdo.warehouse.jobs.JobFiles;
import io.segmentdo.warehouse.query.SharedEngines;
import io.segmentdo.warehouse.query.WarehouseFixture;
import io.segmentdo.warehouse.table.WarehouseTable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.apache.iceberg.data.parquet.GenericParquetReaders;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.parquet.Parquet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Exports out of real tables into directories. */
class ExportsTest {
    private static final Instant START = Instant.parse("2026-03-01T00:00:00Z");

    @RegisterExtension
    static final SharedEngines ENGINES = new SharedEngines();

    @TempDir
    Path directory;

    private Path root;
    private WarehouseFixture warehouse;
    private Exports exports;

    @BeforeEach
    void open() throws IOException {
        root = directory.resolve("exports");
        warehouse = new WarehouseFixture(directory, ENGINES);
        exports = exports();
        List<Map<String, Object>> rows = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            rows.add(track(
                    "m" + i,
                    i % 2 == 0 ? "Order Completed" : "a/b",
                    START.plus(Duration.ofHours(i)),
                    Map.of("properties", "{\"n\":" + i + "}")));
        }
        warehouse.append(WarehouseTable.EVENTS, rows);
    }

    private Exports exports() {
        return new Exports(
                ExportConfig.DEFAULT,
                ENGINES.get(),
                warehouse.reader,
                Optional.empty(),
                new Exports.Directories(root, directory.resolve("staging"), directory.resolve("jobs")),
                Clock.systemUTC());
    }

    @AfterEach
    void close() {
        exports.close();
        warehouse.close();
    }

    @Test
    void eachDayIsAFileAndTheManifestNamesThem() throws IOException, InterruptedException {
        ExportStatus done = run(request(ExportForm.CSV, "all", List.of(), ""));

        assertThat(done.state()).isEqualTo(State.DONE);
        assertThat(done.rows()).isEqualTo(60);
        assertThat(done.days()).isEqualTo(3);
        JsonNode manifest = new ObjectMapper().readTree(Files.readAllBytes(root.resolve("all/_manifest.json")));
        assertThat(manifest.path("rows").asLong()).isEqualTo(60);
        List<String> ids = new ArrayList<>();
        for (JsonNode file : manifest.path("files")) {
            Path path = root.resolve("all").resolve(file.path("path").asText());
            assertThat(Files.size(path)).isEqualTo(file.path("bytes").asLong());
            List<String> lines = unzipped(path);
            assertThat(lines.getFirst()).startsWith("message_id,type,event");
            lines.stream().skip(1).forEach(line -> ids.add(line.substring(0, line.indexOf(','))));
        }
        assertThat(ids).hasSize(60).doesNotHaveDuplicates().contains("m0", "m59");
        assertThat(files()).hasSize(4);
        assertThat(directory.resolve("staging"))
                .satisfies(staging -> assertThat(staging.toFile().list()).isNullOrEmpty());
    }

    @Test
    void columnsBecomeDirectories() throws IOException, InterruptedException {
        ExportStatus done = run(request(ExportForm.JSON, "by/day", List.of("date", "event"), "event LIKE 'Order%'"));

        assertThat(done.rows()).isEqualTo(30);
        assertThat(files())
                .filteredOn(file -> file.endsWith(".json.gz"))
                .hasSize(3)
                .allMatch(file -> file.matches("by/day/date=2026-03-0[123]/event=Order%20Completed/events-.*"));
        Path first = root.resolve(files().stream()
                .filter(file -> file.endsWith(".json.gz"))
                .findFirst()
                .orElseThrow());
        JsonNode row = new ObjectMapper().readTree(unzipped(first).getFirst());
        assertThat(row.path("event").asText()).isEqualTo("Order Completed");
    }

    @Test
    void parquetIsReadByIceberg() throws IOException, InterruptedException {
        run(request(ExportForm.PARQUET, "p", List.of(), ""));

        Map<String, String> rows = new TreeMap<>();
        for (String file : files()) {
            if (file.endsWith(".parquet")) {
                var schema = WarehouseTable.EVENTS.schema().select("message_id", "event");
                try (CloseableIterable<org.apache.iceberg.data.Record> records = Parquet.read(
                                new LocalFiles().newInputFile(root.resolve(file).toString()))
                        .project(schema)
                        .withNameMapping(org.apache.iceberg.mapping.MappingUtil.create(schema))
                        .createReaderFunc(type -> GenericParquetReaders.buildReader(schema, type))
                        .build()) {
                    records.forEach(record -> rows.put(
                            String.valueOf(record.getField("message_id")), String.valueOf(record.getField("event"))));
                }
            }
        }
        assertThat(rows).hasSize(60).containsEntry("m1", "a/b");
    }

    @Test
    void whatCannotBeExportedIsRefused() throws IOException {
        Files.createDirectories(root.resolve("full/x"));
        Files.createSymbolicLink(root.resolve("link"), directory);
        for (String outside : List.of("../x", "/tmp/x", ".", "a/../../x", "link/x", "full", "s3://lake/x")) {
            assertThatThrownBy(() -> exports.begin(request(ExportForm.CSV, outside, List.of(), "")))
                    .as(outside)
                    .isInstanceOf(PlatformException.class)
                    .hasMessageContaining("destination: ");
        }
        for (String where : List.of(
                "true) TO '/tmp/x' (FORMAT csv) --",
                "true); DROP VIEW events; --",
                "event IN (SELECT content FROM read_text('/etc/passwd'))",
                "/*",
                "unknown_column = 1")) {
            assertThatThrownBy(() -> exports.begin(request(ExportForm.CSV, "new", List.of(), where)))
                    .as(where)
                    .isInstanceOf(PlatformException.class);
        }
        assertThatThrownBy(() -> exports.begin(request(ExportForm.CSV, "new", List.of("nothing"), "")))
                .hasMessage("partitionBy: nothing (expected: date or a column of events)");
        assertThat(root.resolve("new")).doesNotExist();
    }

    @Test
    void aCancelledExportLeavesNothing() throws IOException, InterruptedException {
        String id = exports.begin(request(
                ExportForm.CSV,
                "slow",
                List.of(),
                "length(repeat(message_id, 10000000)) > 0 AND hash(repeat(event, 10000000)) > 1"));
        exports.cancel(id);

        assertThat(await(id).state()).isEqualTo(State.CANCELLED);
        assertThat(files()).isEmpty();
        assertThat(warehouse.query("SELECT count(*) AS n FROM events")).isEqualTo("n\n60\n");
    }

    @Test
    void anExportThatTheNodeDidNotFinishIsAFailureAfterItsStartAndLeavesNothing() throws Exception {
        ExportStatus done = run(request(ExportForm.CSV, "done", List.of(), ""));
        ExportRequest request = request(ExportForm.CSV, "killed", List.of(), "");
        ExportStatus.File placed = new ExportStatus.File("events-2026-03-01-0.csv.gz", 3);
        Files.createDirectories(root.resolve("killed"));
        Files.writeString(root.resolve("killed").resolve(placed.path()), "abc");
        Path underWay = directory.resolve("staging/killed/2026-03-02");
        Files.writeString(Files.createDirectories(underWay).resolve("out"), "ab");
        new JobFiles<>(directory.resolve("jobs"), ExportStatus.class)
                .store("killed", ExportStatus.begun("killed", request, 1).with(placed));

        exports = exports();
        exports.start();

        assertThat(exports.find(done.id())).contains(done);
        assertThat(exports.find("killed").orElseThrow().state()).isEqualTo(State.FAILED);
        assertThat(exports.find("killed").orElseThrow().trouble()).contains("the node ended");
        long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (!exports.find("killed").orElseThrow().files().isEmpty()) { // which it notes after all else
            assertThat(System.nanoTime()).isLessThan(deadline);
            Thread.sleep(5);
        }
        assertThat(root.resolve("killed").resolve(placed.path())).doesNotExist();
        assertThat(underWay).doesNotExist();
        assertThat(files()).filteredOn(file -> file.startsWith("done/")).hasSize(4);
    }

    @Test
    void aNodeThatStopsEndsItsExportsWithThatReason() throws Exception {
        String id = exports.begin(request(ExportForm.CSV, "slow", List.of(), "hash(repeat(event, 10000000)) > 1"));
        exports.close();
        ExportStatus stopped = await(id);

        Exports next = exports();
        next.start();

        assertThat(stopped.trouble()).contains("the node stopped");
        assertThat(next.find(id)).contains(stopped);
        assertThat(files()).isEmpty();
    }

    private static ExportRequest request(ExportForm form, String destination, List<String> by, String where) {
        return new ExportRequest(WarehouseFixture.WORKSPACE, form, destination, by, where, null);
    }

    private ExportStatus run(ExportRequest request) throws InterruptedException {
        ExportStatus status = await(exports.begin(request));
        assertThat(status.trouble()).isNull();
        return status;
    }

    private ExportStatus await(String id) throws InterruptedException {
        long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (exports.find(id).orElseThrow().state() == State.RUNNING || exports.isBusy(id)) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            Thread.sleep(5);
        }
        return exports.find(id).orElseThrow();
    }

    private List<String> files() throws IOException {
        if (!Files.exists(root)) {
            return List.of();
        }
        try (Stream<Path> all = Files.walk(root)) {
            return all.filter(Files::isRegularFile)
                    .map(file -> root.relativize(file).toString())
                    .sorted()
                    .toList();
        }
    }

    private static List<String> unzipped(Path file) throws IOException {
        try (GZIPInputStream in = new GZIPInputStream(Files.newInputStream(file))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        }
    }
}
