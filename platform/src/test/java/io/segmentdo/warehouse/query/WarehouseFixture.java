package io.segmentdo.warehouse.query;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.segmentdo.config.ByteSize;
import io.segmentdo.warehouse.engine.Engines;
import io.segmentdo.warehouse.engine.EnginesConfig;
import io.segmentdo.warehouse.engine.Head;
import io.segmentdo.warehouse.engine.ResultForm;
import io.segmentdo.warehouse.engine.RowSink;
import io.segmentdo.warehouse.files.LocalFiles;
import io.segmentdo.warehouse.table.CatalogConfig;
import io.segmentdo.warehouse.table.Tables;
import io.segmentdo.warehouse.table.WarehouseTable;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.PartitionKey;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.InternalRecordWrapper;
import org.apache.iceberg.data.parquet.GenericParquetWriter;
import org.apache.iceberg.io.DataWriter;
import org.apache.iceberg.parquet.Parquet;

/** Tables in Iceberg with events as tests want them, and queries over them. Confined to one thread. */
public final class WarehouseFixture implements AutoCloseable {
    public static final String WORKSPACE = "shop";

    static final EnginesConfig ENGINES = new EnginesConfig(
            2,
            ByteSize.mebibytes(128),
            ByteSize.mebibytes(64),
            2,
            Duration.ofSeconds(30),
            Duration.ofSeconds(60),
            100_000,
            1_000_000,
            ByteSize.mebibytes(64),
            Duration.ofMinutes(1));

    public final Tables tables;
    public final Engines engines;
    public final Reader reader;
    public final Queries queries;

    /** Empty tables; the engines stay open. */
    public WarehouseFixture(Path directory, SharedEngines shared) {
        this.engines = shared.get();
        Path lake = directory.resolve("lake");
        tables = Tables.open(CatalogConfig.DEFAULT, lake, new LocalFiles(), LocalFiles.location(lake));
        reader = new Reader(() -> tables, directory.resolve("copies"), 1 << 20);
        queries = new Queries(engines, reader, patience -> true, new SimpleMeterRegistry(), Clock.systemUTC());
    }

    /** A track call of {@code u1}; members are columns. */
    public static Map<String, Object> track(String id, String event, Instant time, Map<String, Object> members) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("message_id", id);
        row.put("type", "track");
        row.put("event", event);
        row.put("profile_id", "p1");
        row.put("user_id", "u1");
        row.put("source", "web");
        row.put("timestamp", time);
        row.put("received_at", time);
        row.put("properties", "{}");
        row.putAll(members);
        return row;
    }

    /** One commit of rows, one file for each day. */
    public void append(WarehouseTable name, List<Map<String, Object>> rows) throws IOException {
        Table table = tables.table(WORKSPACE, name);
        Map<PartitionKey, List<GenericRecord>> parts = new LinkedHashMap<>();
        InternalRecordWrapper wrapper = new InternalRecordWrapper(table.schema().asStruct());
        for (Map<String, Object> row : rows) {
            GenericRecord record = GenericRecord.create(table.schema());
            row.forEach((column, value) -> record.setField(
                    column, value instanceof Instant time ? OffsetDateTime.ofInstant(time, ZoneOffset.UTC) : value));
            PartitionKey key = new PartitionKey(table.spec(), table.schema());
            key.partition(wrapper.wrap(record));
            parts.computeIfAbsent(key.copy(), k -> new ArrayList<>()).add(record);
        }
        AppendFiles append = table.newAppend();
        for (var part : parts.entrySet()) {
            DataWriter<GenericRecord> writer = Parquet.writeData(
                            tables.files().newOutputFile(table.location() + "/data/" + UUID.randomUUID() + ".parquet"))
                    .forTable(table)
                    .createWriterFunc(GenericParquetWriter::create)
                    .withPartition(table.spec().isUnpartitioned() ? null : part.getKey())
                    .build();
            try (writer) {
                part.getValue().forEach(writer::write);
            }
            append.appendFile(writer.toDataFile());
        }
        append.commit();
    }

    /** The result as CSV, with plain line ends. */
    public String query(String sql) {
        return query(sql, Optional.empty());
    }

    String query(String sql, Optional<Moment> moment) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        QueryRequest request = new QueryRequest(
                UUID.randomUUID().toString(), WORKSPACE, sql, ResultForm.CSV, moment, false, ENGINES.limits());
        queries.run(request, new RowSink() {
            @Override
            public void head(Head head) {
                // the first line has the names
            }

            @Override
            public void data(byte[] piece) {
                bytes.writeBytes(piece);
            }
        });
        return bytes.toString(UTF_8).replace("\r\n", "\n");
    }

    @Override
    public void close() {
        tables.close();
    }
}
