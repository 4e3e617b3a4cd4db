package io.segmentdo.warehouse;

import static org.assertj.core.api.Assertions.assertThat;

import io.segmentdo.config.ByteSize;
import io.segmentdo.event.Event;
import io.segmentdo.warehouse.files.FaultyProxy;
import io.segmentdo.warehouse.files.S3Files;
import io.segmentdo.warehouse.files.S3Server;
import io.segmentdo.warehouse.table.WarehouseTable;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
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
            try (WarehouseNode node = new WarehouseNode(home, config(proxy.endpoint()))) {
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

    private static WarehouseConfig config(URI endpoint) {
        WarehouseConfig d = WarehouseNode.quick();
        return new WarehouseConfig(
                true,
                URI.create("s3://lake/wh"),
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
