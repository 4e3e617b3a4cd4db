package io.segmentdo.warehouse;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.segmentdo.config.ByteSize;
import io.segmentdo.event.Event;
import io.segmentdo.event.ProfileFact;
import io.segmentdo.warehouse.engine.Engines;
import io.segmentdo.warehouse.engine.EnginesConfig;
import io.segmentdo.warehouse.engine.Head;
import io.segmentdo.warehouse.engine.ResultForm;
import io.segmentdo.warehouse.engine.RowSink;
import io.segmentdo.warehouse.export.ExportConfig;
import io.segmentdo.warehouse.export.ExportForm;
import io.segmentdo.warehouse.export.ExportRequest;
import io.segmentdo.warehouse.export.Exports;
import io.segmentdo.warehouse.files.FaultyProxy;
import io.segmentdo.warehouse.files.S3Files;
import io.segmentdo.warehouse.files.S3Server;
import io.segmentdo.warehouse.query.Queries;
import io.segmentdo.warehouse.query.QueryRequest;
import io.segmentdo.warehouse.query.Reader;
import io.segmentdo.warehouse.table.WarehouseTable;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.iceberg.io.FileInfo;
import org.apache.iceberg.io.PositionOutputStream;
import org.apache.iceberg.io.SeekableInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The warehouse on a real S3 server, through a network that loses requests and answers. */
class S3WarehouseIT {
    @TempDir
    static Path directory;

    private static S3Server server;

    @TempDir
    Path home;

    @BeforeAll
    static void start() throws Exception {
        server = S3Server.start(directory);
    }

    @AfterAll
    static void stop() throws Exception {
        if (server != null) {
            server.close();
        }
    }

    @Test
    void eachEventIsInTheBucketOnceThoughRequestsAndAnswersAreLost() throws Exception {
        try (FaultyProxy proxy = new FaultyProxy(server.endpoint(), 0.15, 7)) {
            try (WarehouseNode node = new WarehouseNode(home, config(proxy.endpoint(), "s3://lake/wh"))) {
                for (int i = 0; i < 8; i++) {
                    int number = i;
                    List<Event> events = IntStream.range(0, 20)
                            .mapToObj(j -> WarehouseNode.track("m" + number + "-" + j, "{\"n\":" + j + "}"))
                            .toList();
                    node.add(i % 3, events);
                    node.awaitLoaded();
                }
                node.warehouse.lookAfterTables();

                assertThat(node.table(WarehouseTable.EVENTS).location()).isEqualTo("s3://lake/wh/shop/events");
                assertThat(node.rows(WarehouseTable.EVENTS).stream().map(row -> (String) row.getField("message_id")))
                        .doesNotHaveDuplicates()
                        .hasSize(160);
            }
            assertThat(proxy.faults()).isPositive();
        }
    }

    @Test
    void queriesReadCopiesAndExportsGoIntoTheBucket() throws Exception {
        try (WarehouseNode node = new WarehouseNode(home, config(server.endpoint(), "s3://lake/read"));
                FaultyProxy proxy = new FaultyProxy(server.endpoint(), 0.1, 5);
                S3Files bucket = new S3Files(S3Server.config(proxy.endpoint(), 10), Clock.systemUTC());
                Engines engines =
                        new Engines(EnginesConfig.DEFAULT, home.resolve("engines"), new SimpleMeterRegistry())) {
            for (int i = 0; i < 3; i++) {
                node.add(0, List.of(WarehouseNode.track("m" + i, "{\"n\":" + i + "}")));
                node.awaitLoaded();
            }
            Path copies = home.resolve("copies");
            Reader reader = new Reader(node.warehouse::tables, copies, 1);
            Queries queries =
                    new Queries(engines, reader, patience -> true, new SimpleMeterRegistry(), Clock.systemUTC());
            ByteArrayOutputStream rows = new ByteArrayOutputStream();
            for (int again = 0; again < 2; again++) {
                queries.run(
                        new QueryRequest(
                                "q",
                                WarehouseNode.WORKSPACE,
                                "SELECT sum(n) AS n FROM events",
                                ResultForm.CSV,
                                Optional.empty(),
                                false,
                                EnginesConfig.DEFAULT.limits()),
                        sink(rows));
            }

            assertThat(rows.toString(UTF_8)).isEqualToNormalizingNewlines("n\n3.0\nn\n3.0\n");
            assertThat(copies.toFile().list()).as("more than may be kept").hasSizeLessThanOrEqualTo(3);

            try (Exports exports = new Exports(
                    ExportConfig.DEFAULT,
                    engines,
                    reader,
                    Optional.of(bucket),
                    new Exports.Directories(home.resolve("out"), home.resolve("staging"), home.resolve("jobs")),
                    Clock.systemUTC())) {
                ExportRequest request = new ExportRequest(
                        WarehouseNode.WORKSPACE, ExportForm.CSV, "s3://lake/exported", List.of("event"), "", null);
                exports.begin(request);
                awaitObject(bucket, "s3://lake/exported/_manifest.json");

                assertThat(bucket.listPrefix("s3://lake/exported/event=Order%20Completed/"))
                        .hasSize(1);
                assertThatThrownBy(() -> exports.begin(request)).hasMessageContaining("a prefix without objects");
            }
        }
    }

    @Test
    void whoIsErasedIsInNoObjectAndInNoCopyOfOne() throws Exception {
        try (FaultyProxy proxy = new FaultyProxy(server.endpoint(), 0.1, 11);
                WarehouseNode node = new WarehouseNode(home, config(proxy.endpoint(), "s3://lake/erased"));
                Engines engines =
                        new Engines(EnginesConfig.DEFAULT, home.resolve("engines"), new SimpleMeterRegistry())) {
            node.add(0, List.of(WarehouseNode.track("gone", "{\"n\":1}")));
            node.awaitLoaded();
            node.add(1, List.of(WarehouseNode.of("u2", WarehouseNode.track("keep", "{}"))));
            node.add(0, ProfileFact.Kind.DELETED, "p-u1", null);
            node.awaitLoaded();
            Path copies = home.resolve("copies");
            Reader reader = new Reader(node.warehouse::tables, copies, 1 << 20);
            Queries queries =
                    new Queries(engines, reader, patience -> true, new SimpleMeterRegistry(), Clock.systemUTC());
            assertThat(count(queries)).isEqualToNormalizingNewlines("n\n2\n");
            assertThat(copies.toFile().list()).hasSize(2);

            node.warehouse.erase(WarehouseNode.WORKSPACE, Set.of("p-u1"));
            reader.forgetRemoved();

            assertThat(copies.toFile().list())
                    .as("that of the file with nobody else is gone")
                    .hasSize(1);
            assertThat(LyingRows.of(node.warehouse.tables(), WarehouseNode.WORKSPACE))
                    .hasSize(1)
                    .allMatch(row -> row.contains("keep"));
            assertThat(count(queries)).isEqualToNormalizingNewlines("n\n1\n");
            new Reader(node.warehouse::tables, copies, 1 << 20);
            assertThat(copies.toFile().list()).as("after a start").isEmpty();
        }
    }

    private static String count(Queries queries) {
        ByteArrayOutputStream rows = new ByteArrayOutputStream();
        queries.run(
                new QueryRequest(
                        "q",
                        WarehouseNode.WORKSPACE,
                        "SELECT count(*) AS n FROM events",
                        ResultForm.CSV,
                        Optional.empty(),
                        false,
                        EnginesConfig.DEFAULT.limits()),
                sink(rows));
        return rows.toString(UTF_8);
    }

    private static void awaitObject(S3Files bucket, String location) throws InterruptedException {
        long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (!bucket.newInputFile(location).exists()) {
            assertThat(System.nanoTime()).as(location).isLessThan(deadline);
            Thread.sleep(20);
        }
    }

    private static RowSink sink(ByteArrayOutputStream rows) {
        return new RowSink() {
            @Override
            public void head(Head head) {
                // the rows have a line of names
            }

            @Override
            public void data(byte[] piece) {
                rows.writeBytes(piece);
            }
        };
    }

    @Test
    void largeFilesGoUpInPartsAndAreReadByRanges() throws IOException {
        byte[] bytes = new byte[11 << 20];
        new Random(1).nextBytes(bytes);
        String location = "s3://lake/parts/day=1/a b+ü.bin";
        try (FaultyProxy proxy = new FaultyProxy(server.endpoint(), 0.2, 3);
                S3Files files = new S3Files(S3Server.config(proxy.endpoint(), 10), Clock.systemUTC())) {
            try (PositionOutputStream out = files.newOutputFile(location).create()) {
                out.write(bytes, 0, 4 << 20);
                out.write(bytes, 4 << 20, 7 << 20);
                assertThat(out.getPos()).isEqualTo(bytes.length);
            }

            assertThat(files.newInputFile(location).getLength()).isEqualTo(bytes.length);
            try (SeekableInputStream in = files.newInputFile(location).newStream()) {
                byte[] part = new byte[100_000];
                in.seek(6_000_000);
                assertThat(in.readNBytes(part, 0, part.length)).isEqualTo(part.length);
                assertThat(part).isEqualTo(java.util.Arrays.copyOfRange(bytes, 6_000_000, 6_100_000));
            }
            List<String> listed = new ArrayList<>();
            for (FileInfo file : files.listPrefix("s3://lake/parts/")) {
                listed.add(file.location());
            }
            assertThat(listed).containsExactly(location);
            files.deleteFile(location);
            assertThat(files.newInputFile(location).exists()).isFalse();
        }
    }

    private static WarehouseConfig config(URI endpoint, String location) {
        WarehouseConfig d = WarehouseNode.quick();
        return new WarehouseConfig(
                true,
                URI.create(location),
                d.commitInterval(),
                d.profilesInterval(),
                d.commitBytes(),
                d.columnsMax(),
                new WarehouseConfig.UpkeepConfig(
                        Duration.ofHours(1), 4, ByteSize.mebibytes(128), Duration.ZERO, Duration.ofHours(24)),
                d.catalog(),
                S3Server.config(endpoint, 6),
                d.query(),
                d.export(),
                d.replay());
    }
}
