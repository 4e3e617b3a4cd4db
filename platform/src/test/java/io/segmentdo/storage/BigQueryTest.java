package io.segmentdo.storage;

import static io.segmentdo.storage.StorageEvents.json;
import static io.segmentdo.storage.StorageEvents.object;
import static io.segmentdo.storage.StorageEvents.text;
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
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the destination {@code bigquery} sends to a stub of BigQuery that looks at tokens, schemas and insertIds. */
class BigQueryTest {
    private static final String TABLES = "/bigquery/v2/projects/shop/datasets/events/tables";
    private static final String ACCOUNT = "loader@shop.iam.gserviceaccount.com";

    private final RecordingSink google = RecordingSink.start();
    private final TestContext context = new TestContext();
    private final Map<String, List<Object>> fields = new TreeMap<>();
    private final Map<String, Map<String, Map<?, ?>>> rows = new TreeMap<>();
    private final List<String> tokens = new ArrayList<>();
    private final List<Map<?, ?>> queries = new ArrayList<>();
    private int refusedTokens;
    private String insertErrors = "";

    @BeforeEach
    void answer() {
        google.answer(this::answer);
    }

    @AfterEach
    void stop() {
        google.close();
    }

    @Test
    void tablesAreMadeWidenedAndFilled() throws Exception {
        BlockingConnector connector = connect();

        assertThat(words(connector.deliver(List.of(track(1, "Order Completed", Map.of("revenue", 12.5))))))
                .isEqualTo("delivered");
        assertThat(words(connector.deliver(List.of(track(2, "Order Completed", Map.of("revenue", 1, "gift", true))))))
                .isEqualTo("delivered");

        assertThat(rows.get("tracks")).containsOnlyKeys("message-1", "message-2");
        assertThat(rows.get("order_completed").get("message-1").get("revenue")).isEqualTo(12.5);
        assertThat(rows.get("order_completed").get("message-2").get("gift")).isEqualTo(true);
        assertThat(json(fields.get("order_completed")))
                .contains("{\"mode\":\"NULLABLE\",\"name\":\"received_at\",\"type\":\"TIMESTAMP\"}")
                .contains("{\"mode\":\"NULLABLE\",\"name\":\"gift\",\"type\":\"BOOLEAN\"}");
    }

    @Test
    void aRepeatHasTheSameInsertIds() throws Exception {
        List<OutboundEvent> batch =
                List.of(track(1, "Order Completed", Map.of()), track(2, "Order Completed", Map.of()));

        connect().deliver(batch);
        connect().deliver(batch.reversed());

        assertThat(rows.get("tracks")).hasSize(2);
        assertThat(rows.get("order_completed")).hasSize(2);
    }

    @Test
    void onlyRowsThatAreRefusedFail() throws Exception {
        BlockingConnector connector = connect();
        insertErrors = """
                [{"index": 1, "errors": [{"reason": "invalid", "location": "n", "message": "Cannot convert value"}]},
                 {"index": 2, "errors": [{"reason": "stopped", "message": ""}]},
                 {"index": 3, "errors": [{"reason": "invalid", "location": "m", "message": "no such field: m."}]}]""";
        List<OutboundEvent> batch = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            batch.add(track(i, "Order Completed", Map.of("n", i)));
        }

        List<Delivery> outcomes = connector.deliver(batch);

        assertThat(words(outcomes)).isEqualTo("delivered rejected retry retry delivered");
        assertThat(outcomes.get(1)).isEqualTo(Delivery.rejected("row invalid, column n"));

        // what stays is sent once more, and only the rows that are not there yet
        insertErrors = "";
        int before = google.received().size();
        assertThat(words(connector.deliver(batch.subList(2, 4)))).isEqualTo("delivered delivered");
        assertThat(google.received().subList(before, google.received().size()))
                .extracting(RecordingSink.Received::path)
                .containsExactly(TABLES + "/order_completed/insertAll");
    }

    @Test
    void tokensAreSignedKeptAndRenewed() throws Exception {
        BlockingConnector connector = connect();

        connector.deliver(List.of(track(1, "Order Completed", Map.of())));
        connector.deliver(List.of(track(2, "Order Completed", Map.of())));
        assertThat(tokens).hasSize(1);

        context.advance(Duration.ofMinutes(59).plusSeconds(1));
        connector.deliver(List.of(track(3, "Order Completed", Map.of())));
        assertThat(tokens).hasSize(2);

        refusedTokens = 2; // both that were given out
        assertThat(words(connector.deliver(List.of(track(4, "Order Completed", Map.of())))))
                .isEqualTo("delivered");
        assertThat(tokens).hasSize(3).allSatisfy(assertion -> {
            Jwt jwt = Jwt.read(assertion);
            assertThat(jwt.isSigned()).isTrue();
            assertThat(jwt.claims().get("iss")).isEqualTo(ACCOUNT);
            assertThat(jwt.claims().get("scope")).isEqualTo("https://www.googleapis.com/auth/bigquery");
            assertThat(jwt.claims().get("aud")).isEqualTo(google.url() + "token");
        });
    }

    @Test
    void aTableThatIsNotSeenYetIsWaitedFor() throws Exception {
        BlockingConnector connector = connect();
        connector.deliver(List.of(track(1, "Order Completed", Map.of())));
        fields.remove("order_completed");

        assertThat(words(connector.deliver(List.of(track(2, "Order Completed", Map.of())))))
                .isEqualTo("delivered");
    }

    @Test
    void usersAreDeletedByAScript() throws Exception {
        assertThat(connect().deleteUser(new DeletedUser("user-1"))).isEqualTo(Delivery.delivered());

        assertThat(String.valueOf(queries.getFirst().get("query")))
                .contains("FROM `shop.events`.INFORMATION_SCHEMA.COLUMNS")
                .contains("FORMAT(\"DELETE FROM `shop.events.%s` WHERE user_id = @user\", found.table_name)");
        assertThat(json(queries.getFirst().get("queryParameters"))).contains("\"value\":\"user-1\"");
    }

    @Test
    void credentialsAreTested() throws Exception {
        assertThat(connect().testCredentials()).isEqualTo(CredentialCheck.accepted());
        refusedTokens = Integer.MAX_VALUE;
        assertThat(connect().testCredentials()).isInstanceOf(CredentialCheck.Refused.class);
    }

    private BlockingConnector connect() {
        String credentials = json(Map.of(
                "client_email",
                ACCOUNT,
                "private_key",
                Jwt.pem(),
                "private_key_id",
                "k1",
                "token_uri",
                google.url() + "token"));
        return (BlockingConnector) Fixture.of(NamedDestinations.read().named("bigquery"))
                .with("credentials", credentials)
                .with("projectId", "shop")
                .with("datasetId", "events")
                .with("endpoint", google.url().toString().replaceAll("/$", ""))
                .connect(context);
    }

    private synchronized TestResponse answer(RecordingSink.Received request) {
        String path = request.path().replaceAll("\\?.*", "");
        if (path.equals("/token")) {
            String form = URLDecoder.decode(text(request.body()), StandardCharsets.UTF_8);
            tokens.add(form.replaceAll(".*assertion=", ""));
            return TestResponse.of(200).body("{\"access_token\": \"t" + tokens.size() + "\", \"expires_in\": 3600}");
        }
        String token = String.valueOf(request.headers().get("Authorization")).replace("Bearer t", "");
        if (Integer.parseInt(token) <= refusedTokens) {
            return TestResponse.of(401).body("{\"error\": {\"errors\": [{\"reason\": \"authError\"}]}}");
        }
        Map<?, ?> body = request.body().length == 0 ? Map.of() : object(request.body());
        if (path.endsWith("/queries")) {
            queries.add(body);
            return TestResponse.of(200).body("{\"jobComplete\": true}");
        }
        if (!path.startsWith(TABLES)) {
            return TestResponse.of(200).body("{\"id\": \"shop:events\"}");
        }
        String[] parts = path.substring(TABLES.length()).split("/", -1);
        return parts.length < 2 ? create(body) : ofTable(request.method(), parts[1], body);
    }

    private TestResponse create(Map<?, ?> table) {
        String name = String.valueOf(((Map<?, ?>) table.get("tableReference")).get("tableId"));
        assertThat(table.get("timePartitioning")).isEqualTo(Map.of("type", "DAY", "field", "received_at"));
        fields.put(name, fieldsOf(table));
        return TestResponse.of(200).body("{}");
    }

    private TestResponse ofTable(String method, String name, Map<?, ?> body) {
        if (!fields.containsKey(name)) {
            return TestResponse.of(404).body("{\"error\": {\"errors\": [{\"reason\": \"notFound\"}]}}");
        }
        if (method.equals("GET")) {
            return TestResponse.of(200).body(json(Map.of("schema", Map.of("fields", fields.get(name)))));
        }
        if (method.equals("PATCH")) {
            assertThat(fieldsOf(body)).startsWith(fields.get(name).toArray());
            fields.put(name, fieldsOf(body));
            return TestResponse.of(200).body("{}");
        }
        for (Object row : (List<?>) body.get("rows")) {
            Map<?, ?> one = (Map<?, ?>) row;
            rows.computeIfAbsent(name, table -> new LinkedHashMap<>())
                    .put(String.valueOf(one.get("insertId")), (Map<?, ?>) one.get("json"));
        }
        boolean fails = name.equals("order_completed") && !insertErrors.isEmpty();
        return TestResponse.of(200).body(fails ? "{\"insertErrors\": " + insertErrors + "}" : "{}");
    }

    private static List<Object> fieldsOf(Map<?, ?> table) {
        List<Object> all = new ArrayList<>();
        for (Object field : (List<?>) ((Map<?, ?>) table.get("schema")).get("fields")) {
            Map<String, Object> sorted = new TreeMap<>();
            ((Map<?, ?>) field).forEach((key, value) -> sorted.put(String.valueOf(key), value));
            all.add(sorted);
        }
        return all;
    }
}
