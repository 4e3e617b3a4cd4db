package io.segmentdo.storage;

import static io.segmentdo.storage.StorageEvents.json;
import static io.segmentdo.storage.StorageEvents.object;
import static io.segmentdo.storage.StorageEvents.track;
import static io.segmentdo.storage.StorageEvents.words;
import static org.assertj.core.api.Assertions.assertThat;

import io.segmentdo.api.BlockingConnector;
import io.segmentdo.api.CredentialCheck;
import io.segmentdo.api.Delivery;
import io.segmentdo.api.OutboundEvent;
import io.segmentdo.fidelity.NamedDestinations;
import io.segmentdo.testkit.Fixture;
import io.segmentdo.testkit.RecordingSink;
import io.segmentdo.testkit.TestContext;
import io.segmentdo.testkit.TestResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the destination {@code snowflake} sends to a stub of Snowflake's SQL API that checks signatures and runs what it sends. */
class SnowflakeTest {
    private static final String STATEMENTS = "/api/v2/statements";
    private static final Pattern QUOTED = Pattern.compile("\"([A-Z_0-9]+)\" (TEXT|FLOAT|BOOLEAN|TIMESTAMP_TZ)");

    private final RecordingSink snowflake = RecordingSink.start();
    private final Map<String, Map<String, String>> columns = new TreeMap<>();
    private final Map<String, Map<String, Map<?, ?>>> rows = new TreeMap<>();
    private final Map<String, TestResponse> answers = new HashMap<>();
    private final Map<String, TestResponse> running = new HashMap<>();
    private final List<String> deleted = new ArrayList<>();
    private int slowAnswers;
    private int lostAnswers;
    private @Nullable Predicate<Map<?, ?>> bad;

    @BeforeEach
    void answer() {
        snowflake.answer(this::answer);
    }

    @AfterEach
    void stop() {
        snowflake.close();
    }

    @Test
    void tablesAreMadeWidenedAndFilled() throws Exception {
        BlockingConnector connector = connect();

        assertThat(words(connector.deliver(List.of(track(1, "Order Completed", Map.of("revenue", 12.5))))))
                .isEqualTo("delivered");
        assertThat(words(connector.deliver(List.of(track(2, "Order Completed", Map.of("gift", true))))))
                .isEqualTo("delivered");

        assertThat(columns.get("ORDER_COMPLETED"))
                .containsEntry("RECEIVED_AT", "TIMESTAMP_TZ")
                .containsEntry("REVENUE", "FLOAT")
                .containsEntry("GIFT", "BOOLEAN");
        assertThat(rows.get("TRACKS")).containsOnlyKeys("message-1", "message-2");
        assertThat(rows.get("ORDER_COMPLETED").get("message-1").get("revenue")).isEqualTo(12.5);
    }

    @Test
    void whatIsSentAgainIsThereOnce() throws Exception {
        List<OutboundEvent> batch =
                List.of(track(1, "Order Completed", Map.of()), track(2, "Order Completed", Map.of()));

        connect().deliver(batch);
        connect().deliver(List.of(batch.get(1), track(3, "Order Completed", Map.of())));

        assertThat(rows.get("ORDER_COMPLETED")).containsOnlyKeys("message-1", "message-2", "message-3");
    }

    @Test
    void aStatementWhoseAnswerIsLostHasTheSameIdWhenItIsSentAgain() throws Exception {
        BlockingConnector connector = connect();
        lostAnswers = 1;

        assertThat(words(connector.deliver(List.of(track(1, "Order Completed", Map.of())))))
                .isEqualTo("delivered");

        List<String> paths =
                snowflake.received().stream().map(RecordingSink.Received::path).toList();
        assertThat(paths.get(1)).isEqualTo(paths.get(0) + "&retry=true");
    }

    @Test
    void aStatementThatTakesItsTimeIsAskedFor() throws Exception {
        slowAnswers = 2;

        assertThat(words(connect().deliver(List.of(track(1, "Order Completed", Map.of())))))
                .isEqualTo("delivered");

        assertThat(snowflake.received()).anyMatch(request -> request.method().equals("GET"));
    }

    @Test
    void aRowThatIsRefusedDoesNotHoldUpTheOthers() throws Exception {
        bad = row -> "message-2".equals(row.get("id"));
        List<OutboundEvent> batch = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            batch.add(track(i, "Order Completed", Map.of("n", i)));
        }

        assertThat(words(connect().deliver(batch))).isEqualTo("delivered delivered rejected delivered delivered");

        assertThat(rows.get("ORDER_COMPLETED")).containsOnlyKeys("message-0", "message-1", "message-3", "message-4");
    }

    @Test
    void aResultOfSeveralPartsIsReadWhole() throws Exception {
        connect().deliver(List.of(track(1, "Order Completed", Map.of("n", 1))));
        int before = snowflake.received().size();

        // the stub gives the columns of a table in parts of two
        connect().deliver(List.of(track(2, "Order Completed", Map.of("n", 2))));

        List<RecordingSink.Received> after =
                snowflake.received().subList(before, snowflake.received().size());
        assertThat(after).anyMatch(request -> request.path().endsWith("?partition=2"));
        assertThat(after)
                .noneMatch(request -> StorageEvents.text(request.body()).contains("ALTER TABLE"));
    }

    @Test
    void aTableThatSomebodyDroppedIsMadeAgain() throws Exception {
        BlockingConnector connector = connect();
        connector.deliver(List.of(track(1, "Order Completed", Map.of())));
        columns.remove("ORDER_COMPLETED");

        assertThat(words(connector.deliver(List.of(track(2, "Order Completed", Map.of())))))
                .isEqualTo("delivered");
    }

    @Test
    void usersAreDeletedFromEveryTable() throws Exception {
        BlockingConnector connector = connect();
        connector.deliver(List.of(track(1, "Order Completed", Map.of())));

        assertThat(connector.deleteUser(new DeletedUser("user-1"))).isEqualTo(Delivery.delivered());

        assertThat(deleted)
                .containsExactly(
                        "DELETE FROM \"ORDER_COMPLETED\" WHERE \"USER_ID\" = ? user-1",
                        "DELETE FROM \"TRACKS\" WHERE \"USER_ID\" = ? user-1");
    }

    @Test
    void credentialsAreTested() throws Exception {
        assertThat(connect().testCredentials()).isEqualTo(CredentialCheck.accepted());
        assertThat(connector("mallory").testCredentials()).isInstanceOf(CredentialCheck.Refused.class);
    }

    private BlockingConnector connect() {
        return connector("loader");
    }

    private BlockingConnector connector(String user) {
        return (BlockingConnector) Fixture.of(NamedDestinations.read().named("snowflake"))
                .with("account", "xy12345.eu-central-1")
                .with("user", user)
                .with("privateKey", Jwt.pem())
                .with("database", "SHOP")
                .with("warehouse", "LOADING")
                .with("endpoint", snowflake.url().toString().replaceAll("/$", ""))
                .connect();
    }

    private synchronized TestResponse answer(RecordingSink.Received request) {
        if (!isTrusted(request)) {
            return TestResponse.of(401).body("{\"code\": \"390144\", \"message\": \"JWT token is invalid.\"}");
        }
        if (request.method().equals("GET")) {
            String handle = request.path().substring((STATEMENTS + "/").length());
            return slowAnswers-- > 0 ? stillRuns(handle) : running.get(handle);
        }
        String id = request.path().replaceAll(".*requestId=([^&]*).*", "$1");
        boolean isKnown = request.path().contains("retry=true") && answers.containsKey(id);
        TestResponse answer = isKnown ? answers.get(id) : run(object(request.body()));
        answers.put(id, answer);
        if (lostAnswers-- > 0) {
            return TestResponse.of(504);
        }
        if (slowAnswers-- > 0) {
            running.put("slow", answer);
            return stillRuns("slow");
        }
        return answer;
    }

    private static TestResponse stillRuns(String handle) {
        return TestResponse.of(202).body("{\"code\": \"333334\", \"statementHandle\": \"" + handle + "\"}");
    }

    private static boolean isTrusted(RecordingSink.Received request) {
        Jwt jwt =
                Jwt.read(String.valueOf(request.headers().get("Authorization")).replace("Bearer ", ""));
        long lifetime = ((Number) jwt.claims().get("exp")).longValue() - TestContext.START.getEpochSecond();
        return jwt.isSigned()
                && "KEYPAIR_JWT".equals(request.headers().get("X-Snowflake-Authorization-Token-Type"))
                && ("XY12345.LOADER." + Jwt.fingerprint()).equals(jwt.claims().get("iss"))
                && "XY12345.LOADER".equals(jwt.claims().get("sub"))
                && lifetime > 0
                && lifetime <= 3600;
    }

    private TestResponse run(Map<?, ?> body) {
        assertThat(body.get("database")).isEqualTo("SHOP");
        assertThat(body.get("warehouse")).isEqualTo("LOADING");
        String sql = String.valueOf(body.get("statement"));
        Matcher name = Pattern.compile("^(?:CREATE TABLE IF NOT EXISTS|ALTER TABLE|MERGE INTO) \"(\\w+)\"")
                .matcher(sql);
        if (name.find()) {
            return sql.startsWith("MERGE") ? merge(name.group(1), sql, body) : change(name.group(1), sql);
        }
        if (sql.startsWith("SELECT COLUMN_NAME")) {
            return inParts(columns.getOrDefault(binding(body, 2), Map.of()));
        }
        if (sql.startsWith("SELECT C.TABLE_NAME")) {
            return TestResponse.of(200)
                    .body(json(Map.of(
                            "data", columns.keySet().stream().map(List::of).toList())));
        }
        if (sql.startsWith("DELETE")) {
            deleted.add(sql + " " + binding(body, 1));
        }
        return TestResponse.of(200).body("{\"data\": []}");
    }

    private TestResponse change(String table, String sql) {
        Map<String, String> known = columns.computeIfAbsent(table, name -> new LinkedHashMap<>());
        QUOTED.matcher(sql).results().forEach(found -> known.putIfAbsent(found.group(1), found.group(2)));
        return TestResponse.of(200).body("{\"data\": []}");
    }

    /** Rows whose id is there already stay as they are. */
    private TestResponse merge(String table, String sql, Map<?, ?> body) {
        Map<String, String> known = columns.get(table);
        if (known == null) {
            return TestResponse.of(422).body("{\"code\": \"002003\", \"message\": \"does not exist\"}");
        }
        assertThat(sql).contains("ON T.\"ID\" = S.\"ID\"").contains("WHEN NOT MATCHED THEN INSERT");
        assertThat(Instant.parse(binding(body, 2))).isEqualTo(StorageEvents.TIME);
        String values = "{\"rows\": " + binding(body, 1) + "}";
        List<?> given =
                (List<?>) object(values.getBytes(StandardCharsets.UTF_8)).get("rows");
        boolean isBad = table.equals("ORDER_COMPLETED")
                && bad != null
                && given.stream().anyMatch(row -> bad.test((Map<?, ?>) row));
        if (isBad) {
            return TestResponse.of(422)
                    .body("{\"code\": \"100038\", \"message\": \"Numeric value is not recognized\"}");
        }
        for (Object row : given) {
            Map<?, ?> one = (Map<?, ?>) row;
            assertThat(one.keySet()).allSatisfy(column -> assertThat(sql).contains("V:\"" + column + "\"::"));
            rows.computeIfAbsent(table, name -> new TreeMap<>()).putIfAbsent(String.valueOf(one.get("id")), one);
        }
        return TestResponse.of(200).body("{\"data\": []}");
    }

    private TestResponse inParts(Map<String, String> known) {
        List<List<String>> all = known.entrySet().stream()
                .map(column -> List.of(column.getKey(), column.getValue()))
                .toList();
        List<TestResponse> parts = new ArrayList<>();
        int count = Math.max(1, (all.size() + 1) / 2);
        for (int i = 0; i < count; i++) {
            List<List<String>> part = all.subList(i * 2, Math.min(all.size(), i * 2 + 2));
            Map<String, Object> whole = new HashMap<>(Map.of("data", part, "statementHandle", "columns"));
            whole.put(
                    "resultSetMetaData",
                    Map.of("partitionInfo", new ArrayList<>(Collections.nCopies(count, Map.of()))));
            parts.add(TestResponse.of(200).body(json(whole)));
            running.put("columns?partition=" + i, parts.getLast());
        }
        return parts.getFirst();
    }

    private static String binding(Map<?, ?> body, int place) {
        Map<?, ?> bindings = (Map<?, ?>) body.get("bindings");
        return String.valueOf(((Map<?, ?>) bindings.get(Integer.toString(place))).get("value"));
    }
}
