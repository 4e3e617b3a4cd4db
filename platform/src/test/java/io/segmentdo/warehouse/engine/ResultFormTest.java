package io.segmentdo.warehouse.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What values look like in the forms of results. */
class ResultFormTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private static final String VALUES = """
            SELECT true AS flag, 7::TINYINT AS tiny, 42 AS number, 9007199254740993 AS large,
              170141183460469231731687303715884105727::HUGEINT AS huge, 1.50::DECIMAL(10, 2) AS money,
              0.1::DOUBLE AS real, 'NaN'::DOUBLE AS nothing, 'a,"b"' || chr(10) || 'ü' AS text, '' AS void,
              NULL AS missing, DATE '2026-02-28' AS day, TIMESTAMPTZ '2026-02-28 12:00:00.5+02' AS moment,
              TIMESTAMP '2026-02-28 12:00:00.123456' AS local, [1, NULL, 3] AS list, {'a': 1, 'b': ['x']} AS struct,
              map {'k': 2} AS map, '{"deep": [1, {"x": null}]}'::JSON AS json,
              '6f9619ff-8b86-d011-b42d-00c04fc964ff'::UUID AS id, 'ab'::BLOB AS bytes, INTERVAL 90 MINUTE AS span,
              42 AS number""";

    @TempDir
    static Path directory;

    static EngineFixture fixture;

    @BeforeAll
    static void open() {
        fixture = new EngineFixture(directory);
    }

    @AfterAll
    static void close() {
        fixture.close();
    }

    @Test
    void jsonKeepsTypesAndTellsColumns() throws IOException {
        JsonNode answer = JSON.readTree(run(VALUES, ResultForm.JSON));

        JsonNode row = answer.path("rows").path(0);
        assertThat(row.path("flag").asBoolean()).isTrue();
        assertThat(row.path("large").asLong()).isEqualTo(9007199254740993L);
        assertThat(row.path("huge").bigIntegerValue()).isEqualTo("170141183460469231731687303715884105727");
        assertThat(row.path("nothing").asText()).isEqualTo("NaN");
        assertThat(row.path("text").asText()).isEqualTo("a,\"b\"\nü");
        assertThat(row.path("missing").isNull()).isTrue();
        assertThat(row.path("day").asText()).isEqualTo("2026-02-28");
        assertThat(row.path("moment").asText()).isEqualTo("2026-02-28T10:00:00.500Z");
        assertThat(row.path("local").asText()).isEqualTo("2026-02-28T12:00:00.123456");
        assertThat(row.path("list").toString()).isEqualTo("[1,null,3]");
        assertThat(row.path("struct").toString()).isEqualTo("{\"a\":1,\"b\":[\"x\"]}");
        assertThat(row.path("map").toString()).isEqualTo("{\"k\":2}");
        assertThat(row.path("json").toString()).isEqualTo("{\"deep\":[1,{\"x\":null}]}");
        assertThat(row.path("bytes").asText()).isEqualTo("YWI=");
        assertThat(row.has("number_1")).isTrue();
        assertThat(answer.path("columns").path(12).path("type").asText()).isEqualTo("TIMESTAMP WITH TIME ZONE");
        assertThat(answer.path("rowCount").asLong()).isEqualTo(1);
        assertThat(answer.path("truncated").asBoolean()).isFalse();
    }

    @Test
    void ndjsonIsAnObjectPerLine() throws IOException {
        List<String> lines = new String(run("SELECT i, 'x' AS t FROM range(3) r(i)", ResultForm.NDJSON), UTF_8)
                .lines()
                .toList();

        assertThat(lines).containsExactly("{\"i\":0,\"t\":\"x\"}", "{\"i\":1,\"t\":\"x\"}", "{\"i\":2,\"t\":\"x\"}");
        assertThat(run("SELECT 1 WHERE false", ResultForm.NDJSON)).isEmpty();
    }

    @Test
    void csvQuotesWhatNeedsIt() {
        assertThat(fixture.query("SELECT 'a,b' AS a, 'say \"x\"' AS b, NULL AS c, '' AS d, [1, 2] AS e, 1e10 AS f"))
                .isEqualTo("a,b,c,d,e,f\n\"a,b\",\"say \"\"x\"\"\",,\"\",\"[1,2]\",1.0E10\n");
    }

    @Test
    void arrowIsReadByArrowItself() throws IOException {
        byte[] stream = run(VALUES + " UNION ALL " + VALUES.replace("true AS flag", "NULL AS flag"), ResultForm.ARROW);

        try (RootAllocator allocator = new RootAllocator();
                ArrowStreamReader reader = new ArrowStreamReader(new ByteArrayInputStream(stream), allocator)) {
            assertThat(reader.loadNextBatch()).isTrue();
            var root = reader.getVectorSchemaRoot();
            assertThat(root.getRowCount()).isEqualTo(2);
            assertThat(object(root.getVector("flag"))).isEqualTo(true);
            assertThat(root.getVector("flag").getObject(1)).isNull();
            assertThat(object(root.getVector("large"))).isEqualTo(9007199254740993L);
            assertThat(object(root.getVector("real"))).isEqualTo(0.1);
            assertThat(object(root.getVector("text")).toString()).isEqualTo("a,\"b\"\nü");
            assertThat(root.getVector("missing").isNull(0)).isTrue();
            assertThat(object(root.getVector("day"))).isEqualTo(20512);
            assertThat(object(root.getVector("moment"))).isEqualTo(1772272800500000L);
            assertThat(object(root.getVector("struct")).toString()).isEqualTo("{\"a\":1,\"b\":[\"x\"]}");
            assertThat(reader.loadNextBatch()).isFalse();
        }
    }

    @Test
    void arrowHasManyBatchesForManyRows() throws IOException {
        byte[] stream = run("SELECT i, 'row ' || i AS t FROM range(50000) r(i)", ResultForm.ARROW);

        List<Long> numbers = new ArrayList<>();
        try (RootAllocator allocator = new RootAllocator();
                ArrowStreamReader reader = new ArrowStreamReader(new ByteArrayInputStream(stream), allocator)) {
            while (reader.loadNextBatch()) {
                var root = reader.getVectorSchemaRoot();
                for (int i = 0; i < root.getRowCount(); i++) {
                    numbers.add((Long) root.getVector("i").getObject(i));
                    assertThat(root.getVector("t").getObject(i)).hasToString("row " + numbers.getLast());
                }
            }
        }
        assertThat(numbers).hasSize(50_000);
        assertThat(numbers.getLast()).isEqualTo(49_999);
    }

    private static Object object(FieldVector vector) {
        return vector.getObject(0);
    }

    private static byte[] run(String sql, ResultForm form) {
        return fixture.query(sql, form, EngineFixture.CONFIG.limits());
    }
}
